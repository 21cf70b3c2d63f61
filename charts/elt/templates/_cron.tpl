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
