{{/* Public addresses. Peers on the internet are never on the cluster's own networks, nor at the cloud's metadata address. */}}
{{- define "landfall.internet" -}}
- ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16] }
- ipBlock: { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] }
{{- end -}}

{{/* Where the connections to a peer may go. Call with (list $ peer settings), where the settings are those of one service. */}}
{{- define "landfall.egress" -}}
{{- $root := index . 0 -}}
{{- $peer := index . 1 -}}
{{- $policies := $root.Values.networkPolicies -}}
{{- $settings := merge (dict) (index . 2) $root.Values.settings -}}
{{- if eq $peer "dns" }}
- ports: [{ port: {{ $policies.dns.port }}, protocol: UDP }, { port: {{ $policies.dns.port }}, protocol: TCP }]
  {{- with $policies.dns.to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else if or (eq $peer "postgresql") (eq $peer "nats") }}
- ports: [{ port: {{ (index $policies $peer).port }} }]
  {{- with (index $policies $peer).to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else if or (eq $peer "microsoft") (eq $peer "public-address") }}
- ports: [{ port: 443 }]
  to: {{- include "landfall.internet" $root | nindent 4 }}
{{- else if eq $peer "products" }}
- ports: [{{ range $i, $port := $policies.productPorts }}{{ if $i }}, {{ end }}{ port: {{ $port }} }{{ end }}]
  to: {{- include "landfall.internet" $root | nindent 4 }}
{{- else if eq $peer "mail-server" }}
- ports: [{{ range $i, $port := $policies.mailServer.ports }}{{ if $i }}, {{ end }}{ port: {{ $port }} }{{ end }}]
  {{- with $policies.mailServer.to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else if eq $peer "collector" }}
{{- if hasKey $settings "OTEL_EXPORTER_OTLP_ENDPOINT" }}
- ports: [{ port: {{ $policies.collector.port }} }]
  {{- with $policies.collector.to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- else if eq $peer "name-servers" }}
{{- range $server := compact (splitList "," (toString (get $settings "DESTINATION_NAME_SERVERS"))) }}
{{- $server = trim $server }}
{{- $port := ternary (regexFind "\\d+$" $server) "53" (regexMatch "\\.\\d+:\\d+$" $server) }}
{{- $address := regexReplaceAll "(\\.\\d+):\\d+$" $server "${1}" }}
- ports: [{ port: {{ $port }}, protocol: UDP }, { port: {{ $port }}, protocol: TCP }]
  to: [{ ipBlock: { cidr: "{{ $address }}/{{ ternary 128 32 (contains ":" $address) }}" } }]
{{- end }}
{{- else }}
{{- fail (printf "no network rule for the peer %s" $peer) }}
{{- end }}
{{- end -}}
