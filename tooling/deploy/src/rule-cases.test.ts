import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { metricLabels } from '@landfall/contracts/metric-spec';
import { metrics as table } from '@landfall/contracts/metrics';
import { startAlerts } from '@landfall/service-kit/alerts';
import { createLogger } from '@landfall/service-kit/log';
import { Metrics, readings } from '@landfall/service-kit/metrics';
import { prometheusRules, rulesFile } from './prometheus-rules.ts';
import { promtoolTests, ruleCases, STEP_MS } from './rule-cases.ts';

const rules = prometheusRules();
const log = createLogger('test', 'silent');

test.each(ruleCases().map((one) => [one.alert, one] as const))(
  'a service reports %s when its condition has held for its time, and not at the threshold',
  async (alert, { metric, labels, otherLabels, forMs, fires, quiet }) => {
    for (const [label, value] of Object.entries(labels)) {
      expect(metricLabels[label as keyof typeof metricLabels].test(value), label).toBe(true);
    }
    const state = { ms: 0, value: quiet };
    const now = () => new Date(state.ms);
    const metrics = new Metrics({ log, now });
    const samples = () => [
      { labels: labels as never, value: state.value },
      ...(otherLabels ? [{ labels: otherLabels as never, value: fires }] : []),
    ];
    if (metric.name !== table.unreadable.name) {
      metrics.read([metric], async () => [readings(metric, samples())]);
    } else {
      // Counted by the readings themselves.
      metrics.read([table.poolWaiting], async () => {
        if (state.value === fires) throw new Error('no database');
        return [];
      });
    }
    await using alerts = startAlerts({ service: 'gateway', metrics, log, now });
    const firing = async (afterMs: number) => {
      state.ms += afterMs;
      return (await alerts.firing()).filter((one) => one.alert === alert);
    };

    expect(await firing(STEP_MS)).toEqual([]);
    expect(await firing(forMs + STEP_MS)).toEqual([]);
    state.value = fires;
    if (forMs > 0) {
      expect(await firing(STEP_MS)).toEqual([]);
      expect(await firing(forMs - STEP_MS)).toEqual([]);
    }
    expect(await firing(STEP_MS)).toMatchObject([{ alert, labels, value: fires }]);
    state.value = quiet;
    expect(await firing(STEP_MS)).toEqual([]);
  },
);

test('Prometheus fires each rule when its condition has held for its time, and not at the threshold', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-rules-'));
  try {
    writeFileSync(path.join(folder, 'alerts.yaml'), rulesFile(rules));
    const tests = promtoolTests(rules, 'alerts.yaml') as { tests: readonly { name: string }[] };
    // JSON is also YAML.
    writeFileSync(path.join(folder, 'tests.yaml'), JSON.stringify(tests));
    const titles = tests.tests.map(({ name }) => name).join(' ');
    for (const { alert } of rules) {
      expect(titles).toContain(`${alert} fires`);
      expect(titles).toContain(`${alert} is quiet`);
    }
    const run = spawnSync('promtool', ['test', 'rules', 'tests.yaml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.error)
      console.log('There is no promtool on the PATH, so the rules ran only in our own evaluation.');
    else expect({ status: run.status, out: run.stdout + run.stderr }).toMatchObject({ status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Prometheus accepts the form of everything that a process serves', async () => {
  const metrics = new Metrics({ log, now: () => new Date() });
  for (const { metric, labels, fires } of ruleCases()) {
    metrics.read([metric], async () => [
      readings(metric, [{ labels: labels as never, value: fires }]),
    ]);
  }
  const served = await metrics.render();
  expect(served).toContain('landfall_tasks_overdue_seconds 121');
  const run = spawnSync('promtool', ['check', 'metrics'], { input: served, encoding: 'utf8' });
  if (run.error) return;
  // prom-client's own names do not follow every advice. Ours do, but people count certificates in days and usage in hours.
  const advice = (run.stdout + run.stderr)
    .split('\n')
    .filter((line) => line.startsWith('landfall_') && !/instead of "(days|hours)"/.test(line));
  expect(advice).toEqual([]);
});
