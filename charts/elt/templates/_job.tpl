{{/* What the Jobs share, and the CronJobs that make them. */}}

{{- /* The fields of a CronJob's spec around its Jobs: elt.cronFrame (dict "root" "suspend" "schedule") */ -}}
{{- define "elt.cronFrame" -}}
schedule: {{ .schedule | quote }}
timeZone: {{ .root.Values.timeZone }}
suspend: {{ .suspend }}
concurrencyPolicy: Forbid
startingDeadlineSeconds: {{ .root.Values.startingDeadlineSeconds }}
successfulJobsHistoryLimit: {{ .root.Values.history.successful }}
failedJobsHistoryLimit: {{ .root.Values.history.failed }}
{{- end -}}

{{- /* The fields of a Job's spec around its pod: elt.jobFrame (dict "container" "settings") */ -}}
{{- define "elt.jobFrame" -}}
backoffLimit: {{ .settings.backoffLimit }}
activeDeadlineSeconds: {{ .settings.activeDeadlineSeconds }}
# A second pod only when the first has ended: there are never two writers.
podReplacementPolicy: Failed
podFailurePolicy:
  rules:
    # Wrong usage, data that differ, wrong configuration: another try ends the same way.
    - action: FailJob
      onExitCodes:
        containerName: {{ .container }}
        operator: In
        values: [64, 65, 78]
    # A drained node is no fault of the program.
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
{{- end -}}

{{- /* Variables of every container of a Job: where its last sentence goes. */ -}}
{{- define "elt.jobEnv" -}}
- name: ELT_RESULT_PATH
  value: /dev/termination-log
{{- end -}}
