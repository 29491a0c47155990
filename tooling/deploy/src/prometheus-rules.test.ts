import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules } from '@landfall/contracts/alerts';
import type { MetricSpec } from '@landfall/contracts/metric-spec';
import { metrics } from '@landfall/contracts/metrics';
import { prometheusRules } from './prometheus-rules.ts';
import { namesIn, promqlProblem } from './promql.ts';
import { watchFiles } from './write-alerts.ts';

const rules = prometheusRules();
const known = new Map(
  Object.values(metrics as Readonly<Record<string, MetricSpec>>).map((spec) => [spec.name, spec]),
);

test('the files of rules and of the dashboard match the tables of metrics and alerts', () => {
  for (const { path, text } of watchFiles()) expect(readFileSync(path, 'utf8'), path).toBe(text);
});

test.each(rules.map((rule) => [rule.alert, rule] as const))(
  '%s uses an existing metric and labels, and says what it means and what to do',
  (_alert, { expr, meaning, nextStep, severity }) => {
    expect(promqlProblem(expr)).toBeUndefined();
    const names = namesIn(expr);
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

test('an alert compares a gauge with a threshold: a histogram or a counter would need a rate', () => {
  for (const rule of Object.values(alertRules as Readonly<Record<string, AlertRule>>)) {
    expect(rule.metric.kind).toBe('gauge');
  }
});

test('an alert filters only by labels that its metric has', () => {
  for (const { where, whereNot, metric } of Object.values(
    alertRules as Readonly<Record<string, AlertRule>>,
  )) {
    for (const filter of [where, whereNot]) {
      if (filter) expect(metric.labels).toContain(filter.label);
    }
  }
});
