import { expect, test } from 'vitest';
import { afterFailure, DISABLE_AFTER_MS } from './health.ts';
import { SCHEDULE_MS } from './schedule.ts';

const HOUR_MS = 3_600_000;
const start = new Date('2026-11-20T10:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

test('a failure is logged when it begins, after an hour and after a day, once each', () => {
  let health = { failingSince: null as Date | null, alertStep: 0 };
  const told: unknown[] = [];
  for (const ms of [0, 5_000, 59 * 60_000, HOUR_MS, 2 * HOUR_MS, 25 * HOUR_MS, 48 * HOUR_MS]) {
    const diagnosis = afterFailure(health, after(ms));
    if (diagnosis.alert) told.push([ms / HOUR_MS, diagnosis.alert]);
    expect(diagnosis.isHopeless).toBe(false);
    health = diagnosis;
  }
  expect(told).toEqual([
    [0, 'warn'],
    [1, 'error'],
    [25, 'error'],
  ]);
  expect(health.failingSince).toEqual(start);
});

test('a destination is disabled only after the whole schedule of an event', () => {
  const scheduleMs = SCHEDULE_MS.reduce((sum, ms) => sum + ms * 1.1, 0);
  expect(DISABLE_AFTER_MS).toBeGreaterThan(scheduleMs);
  const health = { failingSince: start, alertStep: 3 };
  expect(afterFailure(health, after(DISABLE_AFTER_MS - 1)).isHopeless).toBe(false);
  expect(afterFailure(health, after(DISABLE_AFTER_MS)).isHopeless).toBe(true);
});
