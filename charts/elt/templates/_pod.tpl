{{/* What all pods share. */}}

{{- /* Settings of a component's pod, as YAML: its own over those of every pod. */ -}}
{{- define "elt.podSettings" -}}
{{- mergeOverwrite (deepCopy .root.Values.pod) (deepCopy (index .root.Values .component).pod) | toYaml -}}
{{- end -}}

{{- /* metadata of a pod template: elt.podMetadata (dict "root" "component" "pod" ["annotations"]) */ -}}
{{- define "elt.podMetadata" -}}
labels:
  {{- merge (include "elt.workloadLabels" . | fromYaml) .pod.labels | toYaml | nindent 2 }}
{{- with merge (default (dict) .annotations) .pod.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* The fields of a pod's spec besides containers and volumes; "user" has its ids. */ -}}
{{- define "elt.podFrame" -}}
enableServiceLinks: false
{{- $restricted := dict
  "runAsNonRoot" true
  "fsGroupChangePolicy" "OnRootMismatch"
  "seccompProfile" (dict "type" "RuntimeDefault") }}
securityContext:
  {{- merge $restricted .user | toYaml | nindent 2 }}
{{- with concat .root.Values.global.imagePullSecrets .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" "initContainers" }}
{{- with index $.pod $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The fields of a container that Pod Security "restricted" and readable failures need. */ -}}
{{- define "elt.containerFrame" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
terminationMessagePolicy: FallbackToLogsOnError
{{- with .pod.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* elt.env (dict "env" <list> "pod" …): a variable of extraEnv replaces the chart's of that name. */ -}}
{{- define "elt.env" -}}
{{- $names := list -}}
{{- range .pod.extraEnv }}{{ $names = append $names .name }}{{ end -}}
{{- $env := list -}}
{{- range .env }}{{ if not (has .name $names) }}{{ $env = append $env . }}{{ end }}{{ end -}}
{{- with concat $env .pod.extraEnv -}}
env:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
