import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alertRules, type AlertRule } from '@landfall/contracts/alerts';
import { metrics, type MetricSpec } from '@landfall/contracts/metrics';
import { prometheusRules, rulesFile } from './prometheus-rules.ts';
import { alertsFile } from './write-alerts.ts';

const rules = prometheusRules();
const known = new Map(
  Object.values(metrics as Readonly<Record<string, MetricSpec>>).map((spec) => [spec.name, spec]),
);

test('the file of rules is what the table of alerts says', () => {
  expect(readFileSync(alertsFile, 'utf8')).toBe(rulesFile(rules));
});

test.each(rules.map((rule) => [rule.alert, rule] as const))(
  '%s asks for a metric and labels that exist, and says what it means and what to do',
  (_alert, { expr, meaning, nextStep, severity }) => {
    const names = [...expr.matchAll(/\b(landfall_\w+|up)\b/g)].map(([name]) => name);
    expect(names).toHaveLength(1);
    const [name = ''] = names;
    if (name !== 'up') {
      const labels = known.get(name)?.labels;
      expect(labels, name).toBeDefined();
      const asked = [...expr.matchAll(/(\w+)!?="/g)].map(([, label]) => label);
      expect(labels).toEqual(expect.arrayContaining(asked));
    }
    expect(['critical', 'warning']).toContain(severity);
    for (const text of [meaning, nextStep]) expect(text).toMatch(/^[A-Z].*\.$/);
  },
);

test('an alert holds gauges against a threshold: a histogram or a counter would need a rate', () => {
  for (const rule of Object.values(alertRules as Readonly<Record<string, AlertRule>>)) {
    expect(rule.metric.kind).toBe('gauge');
  }
});

test('an alert filters by labels that its metric has', () => {
  for (const { where, whereNot, metric } of Object.values(
    alertRules as Readonly<Record<string, AlertRule>>,
  )) {
    for (const filter of [where, whereNot]) {
      if (filter) expect(metric.labels).toContain(filter.label);
    }
  }
});
