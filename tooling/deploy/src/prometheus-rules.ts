import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules } from '@landfall/contracts/alerts';

/** Prometheus' own series for scrape targets. The operator chooses the job's name. */
const UP = 'up{job=~"landfall.*"}';

/** A Prometheus rule, before it is written. */
export interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly forMs: number;
  readonly severity: string;
  readonly meaning: string;
  readonly nextStep: string;
}

/**
 * The services' own alerts as Prometheus rules, and one that only Prometheus can have: a process
 * that cannot be scraped. Instances of a service report the same facts about the database, so the
 * worst one counts.
 */
export function prometheusRules(): PrometheusRule[] {
  const own = Object.entries(alertRules as Readonly<Record<string, AlertRule>>).map(
    ([alert, rule]) => {
      const { forMs, severity, meaning, nextStep } = rule;
      return { alert, expr: expressionOf(rule), forMs, severity, meaning, nextStep };
    },
  );
  return [
    {
      alert: 'InstanceDown',
      expr: `${UP} == 0`,
      forMs: alertRules.ServiceSilent.forMs,
      severity: 'critical',
      meaning: 'A process of Landfall cannot be scraped: it has stopped, hangs, or is unreachable.',
      nextStep: alertRules.ServiceSilent.nextStep,
    },
    ...own,
  ];
}

/** The rules as a file for Prometheus (`rule_files`). */
export function rulesFile(rules: readonly PrometheusRule[]): string {
  const head = [
    '# Computed from packages/contracts/src/alerts.ts: node tooling/deploy/src/write-alerts.ts',
    'groups:',
    '  - name: landfall',
    '    rules:',
  ];
  const body = rules.flatMap(({ alert, expr, forMs, severity, meaning, nextStep }) => [
    `      - alert: Landfall${alert}`,
    `        expr: ${quoted(expr)}`,
    `        for: ${forMs / 1000}s`,
    '        labels:',
    `          severity: ${severity}`,
    '        annotations:',
    `          summary: ${quoted(meaning)}`,
    `          description: ${quoted(nextStep)}`,
  ]);
  return `${[...head, ...body].join('\n')}\n`;
}

/**
 * In single quotes. A text that contains one is written as a JSON string, which is also valid YAML.
 */
function quoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

function expressionOf({ metric, is, threshold, where, whereNot }: AlertRule): string {
  const filters = [
    where && `${where.label}="${where.is}"`,
    whereNot && `${whereNot.label}!="${whereNot.is}"`,
  ].filter((filter) => filter !== undefined);
  const series = filters.length > 0 ? `${metric.name}{${filters.join(',')}}` : metric.name;
  const by = ['job', ...metric.labels].join(', ');
  return is === 'above'
    ? `max by (${by}) (${series}) > ${threshold}`
    : `min by (${by}) (${series}) < ${threshold}`;
}
