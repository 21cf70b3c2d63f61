{{/*
Names, labels, images. Nothing else in this chart builds a name.
Helpers that are about one component take (dict "root" $ "component" "source").
*/}}

{{- define "elt.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "elt.name" -}}
{{- printf "%s-%s" (include "elt.fullname" .root) .component -}}
{{- end -}}

{{- /* A new name whenever the Job would differ: a Job cannot be changed. */ -}}
{{- define "elt.initJobName" -}}
{{- include "elt.init.spec" . | sha256sum | trunc 8 | printf "%s-init-%s" (include "elt.fullname" .) -}}
{{- end -}}

{{- define "elt.serviceAccountName" -}}
{{- $default := ternary (include "elt.name" (dict "root" . "component" "controller")) "default" .Values.serviceAccount.create -}}
{{- default $default .Values.serviceAccount.name -}}
{{- end -}}

{{- /* Every own annotation and label of Jobs has this prefix; it is also in the controller's code. */ -}}
{{- define "elt.prefix" -}}elt{{- end -}}

{{- /* What never changes between versions; a StatefulSet's selector cannot. */ -}}
{{- define "elt.selectorLabels" -}}
app.kubernetes.io/name: elt
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /* Labels of Jobs and pods: no version, or every upgrade would want to change a Job. */ -}}
{{- define "elt.workloadLabels" -}}
{{- $labels := include "elt.selectorLabels" . | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/part-of" "elt" -}}
{{- merge $labels .root.Values.commonLabels | toYaml -}}
{{- end -}}

{{- define "elt.labels" -}}
{{- $labels := dict
  "app.kubernetes.io/managed-by" .root.Release.Service
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") -}}
{{- merge $labels (include "elt.workloadLabels" . | fromYaml) | toYaml -}}
{{- end -}}

{{- /* metadata of an object: elt.metadata (dict "root" "component" ["name"] ["labels"] ["annotations"]) */ -}}
{{- define "elt.metadata" -}}
name: {{ default (include "elt.name" .) .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- merge (include "elt.labels" . | fromYaml) (default (dict) .labels) | toYaml | nindent 2 }}
{{- with merge (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* elt.image (dict "root" $ "image" .Values.image); the two images of elt have one version. */ -}}
{{- define "elt.image" -}}
{{- $registry := default .root.Values.global.imageRegistry .image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .image.repository -}}
{{- if .image.digest -}}
@{{ .image.digest }}
{{- else -}}
:{{ coalesce .image.tag .root.Values.image.tag .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}
