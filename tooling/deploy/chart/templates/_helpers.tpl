{{/* The computed facts about the services: settings, secrets, connections. */}}
{{- define "landfall.table" -}}
{{- .Files.Get "files/services.json" -}}
{{- end -}}

{{- define "landfall.fullname" -}}
{{- if contains "landfall" .Release.Name }}{{ .Release.Name | trunc 32 | trimSuffix "-" }}{{ else }}{{ printf "%s-landfall" (.Release.Name | trunc 23 | trimSuffix "-") }}{{ end -}}
{{- end -}}

{{/* Labels of a part: a service or `setup`. Call with (list $ part). */}}
{{- define "landfall.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/part-of: landfall
{{- end -}}

{{- define "landfall.labels" -}}
{{ include "landfall.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end -}}

{{/* The image. Call with (list $ tag), where an own tag of a service may be empty. */}}
{{- define "landfall.image" -}}
{{- $image := (index . 0).Values.image -}}
{{- $tag := index . 1 -}}
{{- if $tag }}{{ printf "%s:%s" $image.repository $tag }}
{{- else if $image.digest }}{{ printf "%s@%s" $image.repository $image.digest }}
{{- else }}{{ printf "%s:%s" $image.repository ($image.tag | default (index . 0).Chart.AppVersion) }}{{ end -}}
{{- end -}}

{{/* A value as text. Helm reads numbers as floats and would write a million as 1e+06. */}}
{{- define "landfall.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . | toString | quote }}{{ else }}{{ toString . | quote }}{{ end -}}
{{- end -}}

{{- define "landfall.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "landfall.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Keys of a service's Secret. Call with (list $ name facts); the result is JSON. */}}
{{- define "landfall.secretKeys" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 2 -}}
{{- $keys := concat $facts.secrets.required ((index $root.Values.services (index . 1)).secrets | default list) -}}
{{- if $facts.usesCredential -}}
{{- $keys = concat $keys (index (dict "federated" list "publishers" list "secret" (list "FULFILLMENT_CLIENT_SECRET") "certificate" (list "FULFILLMENT_CERTIFICATE" "FULFILLMENT_PRIVATE_KEY")) $root.Values.credential) -}}
{{- end -}}
{{- $keys | uniq | toJson -}}
{{- end -}}

{{/* Files of secrets as variables, and the certificates of your own authorities. Call with (list $ keys). */}}
{{- define "landfall.fileEnv" -}}
{{- range index . 1 }}
- { name: {{ . }}_FILE, value: /run/landfall/secrets/{{ . }} }
{{- end }}
{{- include "landfall.authorityEnv" (index . 0) }}
{{- end -}}

{{- define "landfall.authorityEnv" -}}
{{- if .Values.authorities.postgresql }}
- { name: DATABASE_CA_FILE, value: /run/landfall/postgresql/ca.crt }
{{- end }}
{{- if .Values.authorities.nats }}
- { name: NATS_CA_FILE, value: /run/landfall/nats/ca.crt }
{{- end }}
{{- end -}}

{{- define "landfall.mounts" -}}
- { name: secrets, mountPath: /run/landfall/secrets, readOnly: true }
{{- if .Values.authorities.postgresql }}
- { name: postgresql, mountPath: /run/landfall/postgresql, readOnly: true }
{{- end }}
{{- if .Values.authorities.nats }}
- { name: nats, mountPath: /run/landfall/nats, readOnly: true }
{{- end }}
{{- end -}}

{{/* Call with (list $ secretName keys). A missing key keeps the pod from starting, and the event names the key. */}}
{{- define "landfall.volumes" -}}
{{- $values := (index . 0).Values -}}
- name: secrets
  secret:
    secretName: {{ index . 1 }}
    defaultMode: 0440
    items:
      {{- range index . 2 }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
{{- if $values.authorities.postgresql }}
- { name: postgresql, configMap: { name: {{ $values.authorities.postgresql }} } }
{{- end }}
{{- if $values.authorities.nats }}
- { name: nats, configMap: { name: {{ $values.authorities.nats }} } }
{{- end }}
{{- end -}}
