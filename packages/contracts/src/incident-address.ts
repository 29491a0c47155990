/** Where the gateway serves the incident pages, for everyone: they tell nothing about an installation. */
export const INCIDENTS_PATH = '/docs/incidents';

/** The place of an alert's page: `ServiceSilent` is at `#service-silent`. */
export function incidentAnchor(alert: string): string {
  return alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
