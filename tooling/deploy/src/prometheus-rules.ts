import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules } from '@landfall/contracts/alerts';
import { incidentAnchor, INCIDENTS_PATH } from '@landfall/contracts/incident-address';
import { prometheusAlerts, type PrometheusAlert } from '@landfall/contracts/prometheus-alerts';

/**
 * The address of the installation, which Prometheus fills in from its own configuration (`global.external_labels`). So the same
 * file of rules fits every installation.
 */
export const URL_OF_INSTALLATION = '{{ $externalLabels.landfall_url }}';

/** A Prometheus rule, before it is written. */
export interface PrometheusRule extends PrometheusAlert {
  readonly alert: string;
  /** The incident page. */
  readonly runbook: string;
}

/**
 * The services' own alerts as Prometheus rules, and the alerts that only Prometheus can have. Instances of a service report the
 * same facts about the database, so the worst one counts.
 */
export function prometheusRules(): PrometheusRule[] {
  const own = Object.entries(alertRules as Readonly<Record<string, AlertRule>>).map(
    ([alert, rule]): [string, PrometheusAlert] => [alert, { ...rule, expr: expressionOf(rule) }],
  );
  return [...Object.entries(prometheusAlerts), ...own].map(([alert, rule]) => {
    const { expr, forMs, severity, meaning, nextStep } = rule;
    const runbook = `${URL_OF_INSTALLATION}${INCIDENTS_PATH}#${incidentAnchor(alert)}`;
    return { alert, expr, forMs, severity, meaning, nextStep, runbook };
  });
}

/** The rules as a file for Prometheus (`rule_files`). */
export function rulesFile(rules: readonly PrometheusRule[]): string {
  const head = [
    '# Computed from packages/contracts/src/alerts.ts: node tooling/deploy/src/write-alerts.ts',
    'groups:',
    '  - name: landfall',
    '    rules:',
  ];
  const body = rules.flatMap(({ alert, expr, forMs, severity, ...texts }) => [
    `      - alert: Landfall${alert}`,
    `        expr: ${quoted(expr)}`,
    `        for: ${forMs / 1000}s`,
    '        labels:',
    `          severity: ${severity}`,
    '        annotations:',
    `          summary: ${quoted(texts.meaning)}`,
    `          description: ${quoted(texts.nextStep)}`,
    `          runbook_url: ${quoted(texts.runbook)}`,
  ]);
  return `${[...head, ...body].join('\n')}\n`;
}

/**
 * In single quotes. A text that contains one is written as a JSON string, which is also valid YAML.
 */
export function quoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

/** The labels that an alert of a rule has, beside those of its metric. */
export const JOB = 'job';

function expressionOf({ metric, is, threshold, where, whereNot }: AlertRule): string {
  const filters = [
    where && `${where.label}="${where.is}"`,
    whereNot && `${whereNot.label}!="${whereNot.is}"`,
  ].filter((filter) => filter !== undefined);
  const series = filters.length > 0 ? `${metric.name}{${filters.join(',')}}` : metric.name;
  const by = [JOB, ...metric.labels].join(', ');
  return is === 'above'
    ? `max by (${by}) (${series}) > ${threshold}`
    : `min by (${by}) (${series}) < ${threshold}`;
}
