import { expect, test } from 'vitest';
import { metrics as table } from '@landfall/contracts/metrics';
import { createLogger } from '../log/log.ts';
import { measureCalls } from './marketplace-readings.ts';
import { Metrics } from './metrics.ts';
import { BUSY_PERIOD_MS, watchThread } from './server-readings.ts';

const MINUTE_MS = 60_000;

function openCalls() {
  const at = { ms: 1000 };
  const now = () => new Date(at.ms);
  const metrics = new Metrics({ log: createLogger('test', 'silent'), now });
  const record = measureCalls(metrics, () => at.ms);
  const call = (outcome: { readonly status?: number; readonly code?: string }) =>
    record({ operation: 'get', durationMs: 5, ...outcome });
  const failing = async () => {
    at.ms += 10_000;
    return (await metrics.values()).get(table.marketplaceFailing.name)?.[0]?.value;
  };
  return { at, call, failing };
}

test("calls that fail on Microsoft's side count from the first one, until one is answered", async () => {
  const { call, failing } = openCalls();
  call({ status: 503 });
  call({ status: 429 });
  expect(await failing()).toBe(0);

  call({ code: 'marketplace.timeout' });

  expect(await failing()).toBe(20);
  expect(await failing()).toBe(30);
  call({ status: 403 });
  expect(await failing()).toBe(0);
});

test('after a quarter of an hour without a call, nothing is known about Microsoft', async () => {
  const { at, call, failing } = openCalls();
  for (let calls = 0; calls < 3; calls += 1) call({ code: 'marketplace.unreachable' });
  expect(await failing()).toBe(10);

  at.ms += 15 * MINUTE_MS;

  expect(await failing()).toBe(0);
});

test('how busy the thread was is known after a full period, and a short one hides nothing', () => {
  const at = { ms: 0 };
  const last = watchThread(() => at.ms);
  at.ms = BUSY_PERIOD_MS - 1;
  expect(last()).toBeUndefined();

  const until = performance.now() + 30;
  while (performance.now() < until);
  at.ms = BUSY_PERIOD_MS;

  const period = last();
  expect(period?.busyRatio).toBeGreaterThan(0);
  expect(period?.busyRatio).toBeLessThanOrEqual(1);
  expect(period?.delaySeconds).toBeGreaterThanOrEqual(0);
  at.ms += BUSY_PERIOD_MS - 1;
  expect(last()).toBe(period);
});
