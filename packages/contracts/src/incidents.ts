import type { AlertRule, Severity } from './alert-rule.ts';
import { alertRules, type AlertName } from './alerts.ts';
import { incidentAnchor } from './incident-address.ts';
import { billingIncidents } from './incidents/billing.ts';
import { sideIncidents } from './incidents/both-sides.ts';
import { customerIncidents } from './incidents/customers.ts';
import type { Incident } from './incidents/incident.ts';
import { serverIncidents } from './incidents/servers.ts';
import { prometheusAlerts, type PrometheusAlertName } from './prometheus-alerts.ts';

type Name = AlertName | PrometheusAlertName;

/** What to do about an alert, together with the texts of the alert. */
export interface IncidentPage extends Incident {
  readonly alert: string;
  readonly anchor: string;
  readonly severity: Severity;
  /** When the alert fires, with names in backquotes. */
  readonly condition: string;
  readonly meaning: string;
  readonly nextStep: string;
}

/** Every alert has a page, and every page has an alert; the types of the parts ensure this. */
export const incidentGroups: readonly {
  readonly title: string;
  readonly pages: readonly IncidentPage[];
}[] = [
  { title: 'Notifications, purchases and pages', pages: pagesOf(customerIncidents) },
  { title: 'Microsoft and the product', pages: pagesOf(sideIncidents) },
  { title: 'Processes, PostgreSQL and NATS', pages: pagesOf(serverIncidents) },
  { title: 'Usage', pages: pagesOf(billingIncidents) },
];

const anchors: ReadonlyMap<string, string> = new Map(
  incidentGroups.flatMap(({ pages }) => pages.map(({ alert, anchor }) => [alert, anchor])),
);

/** Turns each name of an alert outside backquotes into a link to its page. */
export function linkAlerts(text: string, link: (alert: string, anchor: string) => string): string {
  return text.replaceAll(/`[^`]*`|[A-Z][a-z]+(?:[A-Z][a-z]+)+/g, (found) => {
    const anchor = anchors.get(found);
    return anchor === undefined ? found : link(found, anchor);
  });
}

/** When an alert fires, with names in backquotes. */
export function conditionOf(rule: AlertRule): string {
  const { metric, is, threshold, where, whereNot, forMs } = rule;
  const only = where ? ` of \`${where.is}\`` : '';
  const without = whereNot ? `, not of \`${whereNot.is}\`` : '';
  return `\`${metric.name}\`${only}${without} ${is} ${threshold}${lasting(forMs)}`;
}

function lasting(forMs: number): string {
  return forMs > 0 ? `, for ${forMs / 60_000} min` : '';
}

function pagesOf(incidents: Readonly<Partial<Record<Name, Incident>>>): readonly IncidentPage[] {
  return Object.entries(incidents).map(([alert, incident]) => {
    const { severity, meaning, nextStep, condition } = factsOf(alert as Name);
    const { effect, causes } = incident;
    const anchor = incidentAnchor(alert);
    return { alert, anchor, severity, condition, meaning, nextStep, effect, causes };
  });
}

function factsOf(alert: Name) {
  if (alert in prometheusAlerts) {
    const rule = prometheusAlerts[alert as PrometheusAlertName];
    return { ...rule, condition: `in Prometheus only: \`${rule.expr}\`${lasting(rule.forMs)}` };
  }
  const rule: AlertRule = alertRules[alert as AlertName];
  return { ...rule, condition: conditionOf(rule) };
}

/** Fails to compile if an alert has no incident. */
({
  ...serverIncidents,
  ...customerIncidents,
  ...sideIncidents,
  ...billingIncidents,
}) satisfies Readonly<Record<Name, Incident>>;
