/** Where the gateway serves the incident pages, for everyone: they tell nothing about an installation. */
export const INCIDENTS_PATH = '/docs/incidents';

/** The place of an alert's page: `ServiceSilent` is at `#service-silent`. */
export function incidentAnchor(alert: string): string {
  return alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

/** The path of an alert's page. */
export function incidentPath(alert: string): string {
  return `${INCIDENTS_PATH}#${incidentAnchor(alert)}`;
}

/**
 * The URL of an alert's page. The gateway serves it at the root of its `publicUrl`. A user name and a password in `publicUrl`
 * are left out, because everyone who sees the alert also sees this URL.
 */
export function incidentUrl(alert: string, publicUrl: string): string {
  return new URL(publicUrl).origin + incidentPath(alert);
}
