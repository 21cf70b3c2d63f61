{{/*
Pods of `helm test`: elt.testPod (dict "root" "name" "script" "image" "databases").
Each waits for the first run, may be run again at any time, and ends by its deadline.
*/}}

{{- define "elt.testPod" -}}
{{- $of := dict "root" .root "component" "test" -}}
{{- $name := include "elt.name" (dict "root" .root "component" (printf "test-%s" .name)) -}}
{{- /* Helm 3 would delete a pod before `helm test --logs` has read its log. */ -}}
{{- $delete := semverCompare ">=4.0.0-0" .root.Capabilities.HelmVersion.Version | ternary "before-hook-creation,hook-succeeded" "before-hook-creation" -}}
{{- $hook := dict "helm.sh/hook" "test" "helm.sh/hook-delete-policy" $delete -}}
apiVersion: v1
kind: Pod
{{- $pod := include "elt.programPod" (merge (dict
  "container" .name
  "command" (list "sh" "-euc" .script)
  "config" true
  "resources" .root.Values.test.resources
  "job" (dict "restartPolicy" "Never" "activeDeadlineSeconds" .root.Values.test.activeDeadlineSeconds)
) (omit . "name") $of) | fromYaml }}
{{- $annotations := mergeOverwrite (default (dict) $pod.metadata.annotations) $hook }}
metadata:
  {{- include "elt.metadata" (merge (dict "name" $name "labels" $pod.metadata.labels "annotations" $annotations) $of) | nindent 2 }}
spec:
  {{- toYaml $pod.spec | nindent 2 }}
{{- end -}}
