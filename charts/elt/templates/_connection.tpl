{{/*
How a pod connects to a database. "component" is source or destination.
Passwords, and the key of hashes, are files: they stand neither in arguments nor in the environment.
*/}}

{{- define "elt.passwordSecretName" -}}
{{- default (include "elt.name" .) (index .root.Values .component).auth.existingSecret -}}
{{- end -}}

{{- /* An external database may want no password: a certificate or a proxy is enough. */ -}}
{{- define "elt.hasPassword" -}}
{{- $database := index .root.Values .component -}}
{{- if or (not $database.external.enabled) $database.auth.existingSecret $database.auth.password -}}
true
{{- end -}}
{{- end -}}

{{- define "elt.host" -}}
{{- $database := index .root.Values .component -}}
{{- ternary $database.external.host (include "elt.name" .) $database.external.enabled -}}
{{- end -}}

{{- define "elt.port" -}}
{{- $database := index .root.Values .component -}}
{{- ternary $database.external.port 5432 $database.external.enabled -}}
{{- end -}}

{{- /* A list of environment variables, as YAML. */ -}}
{{- define "elt.connectionEnv" -}}
{{- $database := index .root.Values .component -}}
{{- $prefix := upper .component -}}
{{- $folder := printf "/run/secrets/elt/%s" .component -}}
- name: {{ $prefix }}_HOST
  value: {{ include "elt.host" . | quote }}
- name: {{ $prefix }}_PORT
  value: {{ include "elt.port" . | quote }}
- name: {{ $prefix }}_DATABASE
  value: {{ $database.database | quote }}
- name: {{ $prefix }}_USER
  value: {{ $database.user | quote }}
{{- if include "elt.hasPassword" . }}
- name: {{ $prefix }}_PASSWORD_FILE
  value: {{ $folder }}/password
{{- end }}
{{- with $database.tls.mode }}
- name: {{ $prefix }}_SSLMODE
  value: {{ . }}
{{- end }}
{{- if $database.tls.caSecret }}
- name: {{ $prefix }}_SSLROOTCERT
  value: {{ $folder }}/ca.crt
{{- end }}
{{- if $database.tls.clientSecret }}
- name: {{ $prefix }}_SSLCERT
  value: {{ $folder }}/tls.crt
- name: {{ $prefix }}_SSLKEY
  value: {{ $folder }}/tls.key
{{- end }}
{{- end -}}

{{- /* The Secrets of a connection in one folder; empty when it has none. */ -}}
{{- define "elt.connectionVolume" -}}
{{- $database := index .root.Values .component -}}
{{- $sources := list -}}
{{- if include "elt.hasPassword" . -}}
{{- $items := list (dict "key" $database.auth.passwordKey "path" "password") -}}
{{- $sources = append $sources (dict "secret" (dict "name" (include "elt.passwordSecretName" .) "items" $items)) -}}
{{- end -}}
{{- with $database.tls.caSecret -}}
{{- $items := list (dict "key" $database.tls.caKey "path" "ca.crt") -}}
{{- $sources = append $sources (dict "secret" (dict "name" . "items" $items)) -}}
{{- end -}}
{{- with $database.tls.clientSecret -}}
{{- $items := list (dict "key" "tls.crt" "path" "tls.crt") (dict "key" "tls.key" "path" "tls.key") -}}
{{- $sources = append $sources (dict "secret" (dict "name" . "items" $items)) -}}
{{- end -}}
{{- with $sources -}}
- name: {{ $.component }}
  projected:
    # For the group alone: libpq refuses a key that others may read.
    defaultMode: 0440
    sources:
      {{- toYaml . | nindent 6 }}
{{- end -}}
{{- end -}}

{{- /* What `config` hashes with, for the pods that read the source. */ -}}
{{- define "elt.maskKeyVolume" -}}
- name: mask-key
  secret:
    secretName: {{ .Values.maskKey.existingSecret }}
    defaultMode: 0440
    items:
      - {key: {{ .Values.maskKey.key | quote }}, path: key}
{{- end -}}
