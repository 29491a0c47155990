import { expect, test } from 'vitest';
import type { MetricSpec } from '@landfall/contracts/metric-spec';
import { metrics as table } from '@landfall/contracts/metrics';
import { createLogger } from '../log/log.ts';
import { Metrics, reading, readings } from './metrics.ts';

const log = createLogger('test', 'silent');

function openMetrics(at = { ms: 0 }) {
  return { at, metrics: new Metrics({ log, now: () => new Date(at.ms) }) };
}

test('a metric that is not in the table cannot be registered', () => {
  const { metrics } = openMetrics();
  const stray: MetricSpec = { ...table.rpcCall, name: 'landfall_stray_seconds' };
  const labels = { procedure: 'a.b', outcome: 'ok' } as never;
  expect(() => metrics.observe(stray, labels, 1)).toThrow('not in the table');
  expect(() => metrics.read([stray], async () => [])).toThrow('not in the table');
});

test('a label value of another form counts as other, so that no id becomes a series', async () => {
  const { metrics } = openMetrics();
  const path = '/landing/4f6f1c0e-1b8a-4f3e-9c57-0f5f3d0f6f11';
  metrics.observe(table.httpRequest, { route: path, status: '200' }, 5);
  metrics.observe(table.httpRequest, { route: 'ada@fabrikam.example', status: '200' }, 5);
  const text = await metrics.render();
  expect(text).toContain('_count{route="other",status="200"} 2');
  expect(text).not.toContain('4f6f1c0e');
  expect(text).not.toContain('@');
});

test('the default metrics of the process are included', async () => {
  const text = await openMetrics().metrics.render();
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).toContain('nodejs_eventloop_lag_seconds');
});

test('a reading is reused for five seconds and then taken again', async () => {
  const { at, metrics } = openMetrics();
  let reads = 0;
  metrics.read([table.poolWaiting], async () => [reading(table.poolWaiting, (reads += 1))]);
  const value = async () => (await metrics.values()).get(table.poolWaiting.name)?.[0]?.value;
  expect([await value(), await value()]).toEqual([1, 1]);
  at.ms = 5000;
  expect(await value()).toBe(2);
});

test('a metric without a value has no series, instead of a zero', async () => {
  const { at, metrics } = openMetrics();
  let left: number | undefined = 7;
  metrics.read([table.usageTimeLeft], async () => [reading(table.usageTimeLeft, left)]);
  expect(await metrics.render()).toContain(`${table.usageTimeLeft.name} 7`);
  left = undefined;
  at.ms = 10_000;
  expect(await metrics.render()).not.toMatch(new RegExp(`^${table.usageTimeLeft.name}`, 'm'));
  expect((await metrics.values()).get(table.usageTimeLeft.name)).toEqual([]);
});

test('a failed reading is absent and counted, and the others remain', async () => {
  const { at, metrics } = openMetrics();
  let isBroken = false;
  metrics.read([table.destinations], async () => {
    if (isBroken) throw new Error('no database');
    return [readings(table.destinations, [{ labels: { state: 'failing' }, value: 2 }])];
  });
  metrics.read([table.poolWaiting], async () => [reading(table.poolWaiting, 3)]);
  expect((await metrics.values()).get(table.destinations.name)?.[0]?.value).toBe(2);
  isBroken = true;
  at.ms = 10_000;
  const values = await metrics.values();
  expect(values.has(table.destinations.name)).toBe(false);
  expect(values.get(table.unreadable.name)?.[0]?.value).toBe(1);
  expect(values.get(table.poolWaiting.name)?.[0]?.value).toBe(3);
  expect(await metrics.render()).not.toContain('state="failing"');
});
