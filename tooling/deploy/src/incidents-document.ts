import { incidentGroups, linkAlerts, type IncidentPage } from '@landfall/contracts/incidents';

const HEAD = `# Incidents

After reading this page you know what an alert means for your customers, how to find its cause, and what to do.

This page is computed from \`packages/contracts/src/incidents/\`: \`node tooling/deploy/src/write-alerts.ts\`. Your gateway serves the same text at
\`/docs/incidents\`, and each alert in the console, in notices, in \`landfall alerts list\` and in Prometheus links to its section.

## First steps

1. \`landfall alerts list\` shows the active alerts of all services, the critical ones first. Begin with ServiceSilent and ReadingsFailed, because they may have caused
   the others. Continue with CredentialRefused, WebhookFailing and WebhookCallersRefused, then the rest.
2. \`landfall doctor\` checks the whole installation in seconds, and changes nothing.
3. Do not delete anything. Notifications, usage and events are stored before they are answered. Waiting work continues by itself when the cause is fixed.

\`landfall\` needs an API key with \`alerts:read\` and \`health:read\` ([command line](command-line.md)). Run SQL statements with \`psql\`, as a role that may see all sessions.
This is how to read a service's log, restart it and run more instances:

| Installed with | Log | Restart | Run more |
| --- | --- | --- | --- |
| systemd | \`journalctl -u landfall-<service> -n 200\` | \`systemctl restart landfall-<service>\` | on another machine |
| Compose | \`docker compose logs --tail 200 <service>\` | \`docker compose restart <service>\` | \`docker compose up -d --scale fulfillment-worker=2\` |
| Kubernetes | \`kubectl -n landfall logs deploy/landfall-<service> --tail 200\` | \`kubectl -n landfall rollout restart deploy/landfall-<service>\` | \`kubectl -n landfall scale deploy/landfall-<service> --replicas 3\` |
`;

/** `docs/incidents.md`. */
export function incidentsDocument(): string {
  const parts = incidentGroups.map(
    ({ title, pages }) => `## ${title}\n\n${pages.map(sectionOf).join('\n')}`,
  );
  return linkAlerts([HEAD, ...parts].join('\n'), (alert, anchor) => `[${alert}](#${anchor})`);
}

function sectionOf({ alert, severity, condition, meaning, effect, causes }: IncidentPage): string {
  const rows = causes.map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return [
    `### ${headingOf(alert)}`,
    '',
    `\`${alert}\`, ${severity}: ${condition}.`,
    '',
    `${meaning} **Effect:** ${effect}`,
    '',
    '| Cause | How to see it | What to do |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** `ServiceSilent` becomes "Service silent", which makes the anchor `#service-silent`. */
function headingOf(alert: string): string {
  const words = alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/^Tls\b/, 'TLS');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
