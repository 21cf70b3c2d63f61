{{/* What NOTES.txt says about settings that work and may still be regretted. */}}

{{- define "elt.warnings" -}}
{{- $warnings := list -}}
{{- range $key := list "source" "destination" -}}
{{- $database := index $.Values $key -}}
{{- if $database.external.enabled -}}
{{- if not (or $database.auth.existingSecret $database.auth.password $database.tls.clientSecret) -}}
{{- $warnings = append $warnings (printf "%s.auth is empty: the connection is tried without a password." $key) -}}
{{- end -}}
{{- if has $database.tls.mode (list "" "disable" "allow" "prefer") -}}
{{- $warnings = append $warnings (printf "%s.tls.mode does not insist on encryption; passwords and rows may cross the network in clear text. Set it to verify-full." $key) -}}
{{- end -}}
{{- else if not $database.persistence.enabled -}}
{{- $warnings = append $warnings (printf "%s.persistence.enabled is false: the data are gone when the pod is." $key) -}}
{{- end -}}
{{- if $database.auth.password -}}
{{- $warnings = append $warnings (printf "%s.auth.password is kept in the release's values, readable with `helm get values`; use %s.auth.existingSecret." $key $key) -}}
{{- end -}}
{{- end -}}
{{- if not .Values.networkPolicy.enabled -}}
{{- $warnings = append $warnings "networkPolicy.enabled is false: every pod of the cluster can reach the databases." -}}
{{- end -}}
{{- if and .Values.dbt.enabled .Values.source.external.enabled (eq .Values.dbt.image.repository "elt-dbt") -}}
{{- $warnings = append $warnings "dbt.image is the cinema's project, which your source has no tables for; name an image of your own, or set dbt.enabled=false." -}}
{{- end -}}
{{- if not .Values.rbac.create -}}
{{- $warnings = append $warnings "rbac.create is false: nothing runs until the controller has its Role from somewhere else." -}}
{{- end -}}
{{- with $warnings }}

Warnings:
{{- range . }}
  ! {{ . }}
{{- end }}
{{- end -}}
{{- end -}}
