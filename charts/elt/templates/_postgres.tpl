{{/* A database that the chart installs: written once, for source and destination. */}}

{{- /* A number must not be written as 1e+06. */ -}}
{{- define "elt.postgres.args" -}}
{{- $database := index .root.Values .component -}}
{{- $parameters := deepCopy $database.parameters -}}
{{- if $database.tls.serverSecret -}}
{{- $_ := set $parameters "ssl" "on" -}}
{{- $_ := set $parameters "ssl_cert_file" "/run/secrets/elt/server/tls.crt" -}}
{{- $_ := set $parameters "ssl_key_file" "/run/secrets/elt/server/tls.key" -}}
{{- end -}}
{{- $args := list -}}
{{- range $name, $value := $parameters -}}
{{- $text := kindIs "string" $value | ternary $value (toJson $value) -}}
{{- $args = concat $args (list "-c" (printf "%s=%s" $name $text)) -}}
{{- end -}}
{{- toYaml $args -}}
{{- end -}}

{{- /* What it was, what was asked for, or something by chance: in this order, so that upgrades keep it. */ -}}
{{- define "elt.postgres.password" -}}
{{- $database := index .root.Values .component -}}
{{- $secret := lookup "v1" "Secret" .root.Release.Namespace (include "elt.name" .) -}}
{{- $kept := get (default (dict) (get (default (dict) $secret) "data")) $database.auth.passwordKey -}}
{{- if $database.auth.password -}}
{{- $database.auth.password | b64enc -}}
{{- else if $kept -}}
{{- $kept -}}
{{- else -}}
{{- randAlphaNum 32 | b64enc -}}
{{- end -}}
{{- end -}}

{{- define "elt.postgres" -}}
{{- $database := index .root.Values .component -}}
{{- $name := include "elt.name" . -}}
{{- $persistence := $database.persistence -}}
{{- $pod := include "elt.podSettings" . | fromYaml -}}
{{- $env := list
  (dict "name" "POSTGRES_USER" "value" $database.user)
  (dict "name" "POSTGRES_DB" "value" $database.database)
  (dict "name" "POSTGRES_PASSWORD_FILE" "value" "/run/secrets/elt/password/password")
  (dict "name" "PGDATA" "value" "/data/pgdata") -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "elt.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  # A name that is not there yet would be remembered as such; a server that starts says so.
  publishNotReadyAddresses: true
  selector:
    {{- include "elt.selectorLabels" . | nindent 4 }}
  ports:
    - name: postgres
      port: 5432
      targetPort: postgres
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "elt.metadata" . | nindent 2 }}
spec:
  replicas: 1
  serviceName: {{ $name }}
  selector:
    matchLabels:
      {{- include "elt.selectorLabels" . | nindent 6 }}
  {{- if and $persistence.enabled (not $persistence.existingClaim) }}
  persistentVolumeClaimRetentionPolicy:
    {{- toYaml $persistence.retention | nindent 4 }}
  {{- end }}
  template:
    metadata:
      {{- include "elt.podMetadata" (merge (dict "pod" $pod) .) | nindent 6 }}
    spec:
      automountServiceAccountToken: false
      # The image asks for SIGINT, a fast shutdown: clients are cut off, nothing is lost.
      terminationGracePeriodSeconds: {{ $database.terminationGracePeriodSeconds }}
      {{- include "elt.podFrame" (dict "root" .root "pod" $pod "user" .root.Values.postgres.podSecurityContext) | nindent 6 }}
      containers:
        - name: postgres
          image: {{ include "elt.image" (dict "root" .root "image" .root.Values.postgres.image) }}
          imagePullPolicy: {{ .root.Values.postgres.image.pullPolicy }}
          {{- with include "elt.postgres.args" . | fromYamlArray }}
          args:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- include "elt.env" (dict "env" $env "pod" $pod) | nindent 10 }}
          ports:
            - name: postgres
              containerPort: 5432
          # Over TCP: while the image prepares a new database, its server has a socket only.
          {{- $ready := dict "exec" (dict "command" (list "pg_isready" "--quiet" "--host=127.0.0.1" (printf "--username=%s" $database.user) (printf "--dbname=%s" $database.database))) }}
          startupProbe:
            {{- toYaml $ready | nindent 12 }}
            periodSeconds: 2
            timeoutSeconds: 5
            failureThreshold: {{ div (add $database.startupSeconds 1) 2 }}
          readinessProbe:
            {{- toYaml $ready | nindent 12 }}
            periodSeconds: 5
            timeoutSeconds: 5
          # Not pg_isready: it also fails while a server recovers, and that is to be waited for.
          livenessProbe:
            tcpSocket:
              port: postgres
            periodSeconds: 20
            timeoutSeconds: 5
            failureThreshold: 6
          {{- include "elt.containerFrame" (dict "pod" $pod) | nindent 10 }}
          {{- with $database.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          volumeMounts:
            # Beside the paths of the image's own volumes, which differ between 17 and 18.
            - name: data
              mountPath: /data
            - name: run
              mountPath: /var/run/postgresql
            - name: tmp
              mountPath: /tmp
            - name: shm
              mountPath: /dev/shm
            - name: password
              mountPath: /run/secrets/elt/password
              readOnly: true
            {{- if $database.tls.serverSecret }}
            - name: server
              mountPath: /run/secrets/elt/server
              readOnly: true
            {{- end }}
            {{- with $pod.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: run
          emptyDir: {}
        - name: tmp
          emptyDir: {}
        - name: shm
          emptyDir:
            medium: Memory
            sizeLimit: {{ $database.sharedMemory }}
        - name: password
          secret:
            secretName: {{ include "elt.passwordSecretName" . }}
            defaultMode: 0440
            items:
              - key: {{ $database.auth.passwordKey }}
                path: password
        {{- with $database.tls.serverSecret }}
        - name: server
          secret:
            secretName: {{ . }}
            # PostgreSQL refuses a key that others may read.
            defaultMode: 0440
        {{- end }}
        {{- if not $persistence.enabled }}
        - name: data
          emptyDir: {}
        {{- else if $persistence.existingClaim }}
        - name: data
          persistentVolumeClaim:
            claimName: {{ $persistence.existingClaim }}
        {{- end }}
        {{- with $pod.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  {{- if and $persistence.enabled (not $persistence.existingClaim) }}
  # Cannot be changed, so these labels are those that never do.
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
        labels:
          {{- include "elt.selectorLabels" . | nindent 10 }}
      spec:
        accessModes:
          {{- toYaml $persistence.accessModes | nindent 10 }}
        {{- if kindIs "string" $persistence.storageClass }}
        storageClassName: {{ $persistence.storageClass | quote }}
        {{- end }}
        resources:
          requests:
            storage: {{ $persistence.size }}
  {{- end }}
{{- if $database.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "elt.metadata" . | nindent 2 }}
spec:
  minAvailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "elt.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end -}}

{{- /* The password's Secret, of a database of the chart or given by value for an external one. */ -}}
{{- define "elt.passwordSecret" -}}
{{- $database := index .root.Values .component -}}
{{- if and (include "elt.hasPassword" .) (not $database.auth.existingSecret) }}
apiVersion: v1
kind: Secret
metadata:
  {{- /* It is as lasting as the volume whose server knows the password. */}}
  {{- $keep := ternary (dict) (dict "helm.sh/resource-policy" "keep") $database.external.enabled }}
  {{- include "elt.metadata" (merge (dict "annotations" $keep) .) | nindent 2 }}
type: Opaque
data:
  {{ $database.auth.passwordKey }}: {{ include "elt.postgres.password" . | quote }}
{{- end }}
{{- end -}}
