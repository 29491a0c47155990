import { expect, test } from 'vitest';
import { metrics } from '@landfall/contracts/metrics';
import { createLogger } from '@landfall/service-kit/log';
import { Metrics } from '@landfall/service-kit/metrics';
import { dashboard, dashboardPlan } from './dashboard.ts';
import { dashboardRows, processPanels } from './dashboard-rows.ts';
import { namesIn, promqlProblem } from './promql.ts';

const panels = dashboardPlan().flatMap((row) => row.panels);
const own = new Set<string>(Object.values(metrics).map(({ name }) => name));

/** What Node.js reports about a process. */
const served = await new Metrics({
  log: createLogger('test', 'silent'),
  now: () => new Date(),
}).render();

test('every metric of the table is in exactly one row', () => {
  const shown = dashboardRows.flatMap((row) => row.metrics);
  expect(shown.toSorted()).toEqual(Object.keys(metrics).toSorted());
});

test.each(panels.map((panel) => [panel.title, panel] as const))(
  '“%s” queries only series that exist',
  (_title, { expr }) => {
    // Grafana replaces its own variables before it asks.
    const asked = expr.replaceAll('$__rate_interval', '5m');
    expect(promqlProblem(asked)).toBeUndefined();
    for (const name of namesIn(asked)) {
      if (name === 'up' || name === 'ALERTS') continue;
      const isOwn = own.has(name.replace(/_(bucket|count)$/, ''));
      expect(isOwn || served.includes(`# TYPE ${name.replace(/_sum$/, '')} `), name).toBe(true);
    }
  },
);

test('an expression that is not PromQL is noticed', () => {
  expect(promqlProblem('sum by (job (x)')).toBeDefined();
  expect(namesIn('max by (job) (rate(x_total{job="y"}[5m])) > on (job) z')).toEqual([
    'x_total',
    'z',
  ]);
});

test('a graph has a line where its alert begins', () => {
  const byTitle = new Map(panels.map((panel) => [panel.title, panel]));
  expect(byTitle.get('Tasks overdue')?.thresholds.at(-1)).toEqual({ value: 120, color: 'red' });
  expect(byTitle.get('Credential days left')?.thresholds).toEqual([
    { value: null, color: 'red' },
    { value: 14, color: 'green' },
  ]);
  expect(byTitle.get('Lanes waiting')?.thresholds).toEqual([]);
});

test('Grafana gets a panel for each plan, and a row for each question', () => {
  const { panels: drawn = [], uid } = dashboard();
  const rows = drawn.filter(({ type }) => type === 'row');
  expect(uid).toBe('landfall');
  expect(rows).toHaveLength(dashboardRows.length + 2);
  expect(drawn).toHaveLength(rows.length + panels.length);
  expect(processPanels.length).toBeGreaterThan(0);
});
