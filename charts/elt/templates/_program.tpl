{{/*
Pods that run `elt`: seeder, replicator, dbt, controller and tests.

elt.programPod takes a dict: root, component, container (its name), image, args or command,
databases (which of source and destination it connects to), and where wanted config
(mount elt.yaml, and its key of hashes beside a source), env, resources, identity (a service account with a token), grace,
ports (YAML of ports and probes), annotations, job (fields of a pod that ends).
*/}}

{{- define "elt.programPod" -}}
{{- $pod := include "elt.podSettings" . | fromYaml -}}
{{- $withConfig := and .config .root.Values.config -}}
{{- $env := list (dict "name" "HOME" "value" "/tmp") -}}
{{- $volumes := list -}}
{{- range .databases -}}
{{- $of := dict "root" $.root "component" . -}}
{{- $env = concat $env (include "elt.connectionEnv" $of | fromYamlArray) -}}
{{- $volumes = concat $volumes (include "elt.connectionVolume" $of | fromYamlArray) -}}
{{- end -}}
{{- if $withConfig -}}
{{- $env = append $env (dict "name" "ELT_CONFIG" "value" "/etc/elt/elt.yaml") -}}
{{- end -}}
{{- if and .config (has "source" .databases) .root.Values.maskKey.existingSecret -}}
{{- $env = append $env (dict "name" "ELT_MASK_KEY_FILE" "value" "/run/secrets/elt/mask-key/key") -}}
{{- $volumes = concat $volumes (include "elt.maskKeyVolume" .root | fromYamlArray) -}}
{{- end -}}
{{- $env = concat $env (default (list) .env) -}}
metadata:
  {{- include "elt.podMetadata" (merge (dict "pod" $pod) .) | nindent 2 }}
spec:
  {{- with .job }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- with .identity }}
  serviceAccountName: {{ . }}
  {{- end }}
  automountServiceAccountToken: {{ hasKey . "identity" }}
  {{- include "elt.podFrame" (dict "root" .root "pod" $pod "user" .root.Values.podSecurityContext) | nindent 2 }}
  containers:
    - name: {{ .container }}
      image: {{ include "elt.image" . }}
      imagePullPolicy: {{ .image.pullPolicy }}
      {{- with .command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- include "elt.env" (dict "env" $env "pod" $pod) | nindent 6 }}
      {{- with .ports }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- include "elt.containerFrame" (dict "pod" $pod) | nindent 6 }}
      {{- with .resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if $withConfig }}
        - name: config
          mountPath: /etc/elt
          readOnly: true
        {{- end }}
        {{- range $volumes }}
        - name: {{ .name }}
          mountPath: /run/secrets/elt/{{ .name }}
          readOnly: true
        {{- end }}
        {{- with $pod.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    # The root file system is read-only.
    - name: tmp
      emptyDir: {}
    {{- if $withConfig }}
    - name: config
      configMap:
        name: {{ include "elt.name" (dict "root" .root "component" "config") }}
    {{- end }}
    {{- with concat $volumes $pod.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
