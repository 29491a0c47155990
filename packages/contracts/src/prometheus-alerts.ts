import type { Severity } from './alert-rule.ts';
import { serverMetrics } from './server-metrics.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An alert that only Prometheus can have, because it is about processes that do not answer, or about several at once. */
export interface PrometheusAlert {
  readonly expr: string;
  readonly forMs: number;
  readonly severity: Severity;
  readonly meaning: string;
  readonly nextStep: string;
}

/** Prometheus's own series about scraped processes. The operator chooses the rest of the job's name. */
const UP = 'up{job=~".*landfall.*"}';

export const prometheusAlerts = {
  InstanceDown: {
    expr: `${UP} == 0`,
    // Tolerates one lost scrape, and a restart, which takes seconds.
    forMs: MINUTE_MS,
    severity: 'critical',
    meaning: 'A process of Landfall cannot be scraped: it has stopped, hangs, or is unreachable.',
    nextStep:
      'Read its log for the reason, then restart it. No work is lost; the service continues where it stopped.',
  },
  ScrapingStopped: {
    expr: `absent(${UP})`,
    forMs: 5 * MINUTE_MS,
    severity: 'critical',
    meaning: 'Prometheus scrapes no process of Landfall, so no other alert in Prometheus can fire.',
    nextStep:
      'Check the targets in Prometheus. The names of the scrape jobs must contain landfall. The alerts in alerts.list work without Prometheus.',
  },
  VersionsDiffer: {
    expr: `count(count by (version) (${serverMetrics.build.name})) > 1`,
    // An upgrade replaces one service after another, and takes minutes.
    forMs: HOUR_MS,
    severity: 'warning',
    meaning: 'Processes of different versions have run side by side for more than an hour.',
    nextStep: 'Finish the upgrade, or go back to one version everywhere.',
  },
} as const satisfies Readonly<Record<string, PrometheusAlert>>;

export type PrometheusAlertName = keyof typeof prometheusAlerts;
