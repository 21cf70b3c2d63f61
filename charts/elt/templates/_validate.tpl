{{/* Mistakes that no schema sees; each ends the installation with a sentence. */}}

{{- define "elt.validate" -}}
{{- include "elt.validate.name" . -}}
{{- include "elt.validate.alone" . -}}
{{- include "elt.validate.schedule" . -}}
{{- include "elt.validate.timeZone" . -}}
{{- if and .Values.init.enabled .Values.source.external.enabled -}}
{{- fail "\n\ninit.enabled writes the cinema, an example, into the source; your own source at source.external needs init.enabled=false." -}}
{{- end -}}
{{- if .Values.follower.enabled -}}
{{- include "elt.validate.follower" . -}}
{{- end -}}
{{- range $component := list "source" "destination" -}}
{{- include "elt.validate.database" (dict "root" $ "component" $component) -}}
{{- end -}}
{{- with .Values.maskKey.existingSecret -}}
{{- include "elt.validate.secret" (dict "root" $ "value" "maskKey.existingSecret" "name" . "keys" (list $.Values.maskKey.key)) -}}
{{- end -}}
{{- end -}}

{{- /* A release may be called 2.shop, a Service may not; fullnameOverride has been seen by the schema. */ -}}
{{- define "elt.validate.name" -}}
{{- $name := include "elt.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- printf "\n\nThe name %s cannot begin those of Services; set fullnameOverride to one that starts with a letter and has only a-z, 0-9 and -." (quote $name) | fail -}}
{{- end -}}
{{- end -}}

{{- define "elt.validate.alone" -}}
{{- $name := include "elt.name" (dict "root" . "component" "controller") -}}
{{- $other := lookup "apps/v1" "Deployment" .Release.Namespace $name -}}
{{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-name" "" (default (dict) $other) -}}
{{- if and $other (ne $owner .Release.Name) -}}
{{- printf "\n\nNamespace %s already has the release %s of elt. Upgrade that one, or install %s into a namespace of its own." .Release.Namespace (quote $owner) (quote .Release.Name) | fail -}}
{{- end -}}
{{- end -}}

{{- /* The schema has seen five fields; here the one that is wrong gets named. */ -}}
{{- define "elt.validate.schedule" -}}
{{- $fields := list
  (list "minute, 0 to 59" "[0-5]?[0-9]")
  (list "hour, 0 to 23" "(1?[0-9]|2[0-3])")
  (list "day of the month, 1 to 31" "(0?[1-9]|[12][0-9]|3[01])")
  (list "month, 1 to 12 or JAN to DEC" "(0?[1-9]|1[0-2]|(?i:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))")
  (list "day of the week, 0 to 6 or SUN to SAT" "([0-6]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT))") -}}
{{- if not (hasPrefix "@" .Values.schedule) -}}
{{- range $index, $text := regexSplit " +" .Values.schedule -1 -}}
{{- $field := index $fields $index -}}
{{- $part := printf "([*?]|%s(-%s)?)(/[1-9][0-9]*)?" (index $field 1) (index $field 1) -}}
{{- if not (regexMatch (printf "^%s(,%s)*$" $part $part) $text) -}}
{{- printf "\n\nschedule is %s, where %s is no %s. An example: \"15 6 * * MON-FRI\"." (quote $.Values.schedule) (quote $text) (index $field 0) | fail -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /*
Sprig takes an unknown zone for UTC, and every zone where Helm's machine has no time zone
database: then it is the API server that refuses.
*/ -}}
{{- define "elt.validate.timeZone" -}}
{{- $known := ne (dateInZone "MST" now "Asia/Tokyo") "UTC" -}}
{{- $isUTC := regexMatch "^(Etc/)?(UTC|UCT|Universal|Zulu)$" .Values.timeZone -}}
{{- if and $known (not $isUTC) (eq (dateInZone "MST" now .Values.timeZone) "UTC") -}}
{{- printf "\n\ntimeZone is %s, which the IANA database does not have. An example: \"Europe/Berlin\"." (quote .Values.timeZone) | fail -}}
{{- end -}}
{{- end -}}

{{- define "elt.validate.follower" -}}
{{- $name := .Values.follower.source -}}
{{- $names := list -}}
{{- $followed := list -}}
{{- range default (list) .Values.config.sources -}}
{{- $source := default "raw" .name -}}
{{- $names = append $names $source -}}
{{- if contains "mode: logical" (toYaml .) -}}
{{- $followed = append $followed $source -}}
{{- end -}}
{{- end -}}
{{- if and $name (not (has $name $names)) -}}
{{- printf "\n\nfollower.source is %s, and config has no source of that name." (quote $name) | fail -}}
{{- end -}}
{{- if and (not $name) (gt (len $names) 1) -}}
{{- printf "\n\nfollower.enabled needs follower.source: config has the sources %s." (join ", " $names) | fail -}}
{{- end -}}
{{- if not (has (default (first (default (list "") $names)) $name) $followed) -}}
{{- fail "\n\nfollower.enabled follows what a source writes into its WAL, and none of its streams is read from there; set config.sources[].mode=logical, or follower.enabled=false." -}}
{{- end -}}
{{- end -}}

{{- define "elt.validate.database" -}}
{{- $key := .component -}}
{{- $database := index .root.Values $key -}}
{{- $tls := $database.tls -}}
{{- if and $database.auth.password $database.auth.existingSecret -}}
{{- printf "\n\n%s.auth.password and %s.auth.existingSecret are both set; keep one of them." $key $key | fail -}}
{{- end -}}
{{- if and $database.external.enabled $tls.serverSecret -}}
{{- printf "\n\n%s.tls.serverSecret is for a server that the chart installs, and %s.external.enabled says that it does not; remove one of them." $key $key | fail -}}
{{- end -}}
{{- if and (hasPrefix "verify-" $tls.mode) (not $tls.caSecret) -}}
{{- printf "\n\n%s.tls.mode is %s, but there is nothing to verify against; name a Secret with the authority's certificate in %s.tls.caSecret." $key $tls.mode $key | fail -}}
{{- end -}}
{{- if and $database.persistence.existingClaim (not $database.persistence.enabled) -}}
{{- printf "\n\n%s.persistence.existingClaim has no effect while %s.persistence.enabled is false; remove one of them." $key $key | fail -}}
{{- end -}}
{{- $secrets := list
  (list "auth.existingSecret" $database.auth.existingSecret (list $database.auth.passwordKey))
  (list "tls.caSecret" $tls.caSecret (list $tls.caKey))
  (list "tls.clientSecret" $tls.clientSecret (list "tls.crt" "tls.key"))
  (list "tls.serverSecret" $tls.serverSecret (list "tls.crt" "tls.key")) -}}
{{- range $secrets -}}
{{- if index . 1 -}}
{{- include "elt.validate.secret" (dict "root" $.root "value" (printf "%s.%s" $key (index . 0)) "name" (index . 1) "keys" (index . 2)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /*
A Secret that is missing would leave pods waiting without a word. It is looked for where
there is a cluster to look at, and unless extraObjects may be what makes it.
*/ -}}
{{- define "elt.validate.secret" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $connected := lookup "v1" "ServiceAccount" $namespace "default" -}}
{{- if and $connected (not .root.Values.extraObjects) -}}
{{- $secret := lookup "v1" "Secret" $namespace .name -}}
{{- if not $secret -}}
{{- printf "\n\n%s names the Secret %s, which namespace %s does not have. Create it first, with the keys: %s." .value (quote .name) $namespace (join ", " .keys) | fail -}}
{{- end -}}
{{- range .keys -}}
{{- if not (hasKey (default (dict) $secret.data) .) -}}
{{- printf "\n\n%s names the Secret %s, which has no key %s." $.value (quote $.name) (quote .) | fail -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
