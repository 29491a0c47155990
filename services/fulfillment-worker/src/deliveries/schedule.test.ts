import { expect, test } from 'vitest';
import { SCHEDULE_MS, MAX_RETRY_AFTER_MS, progressAfter, type AttemptOutcome } from './schedule.ts';

const at = new Date('2026-11-20T10:00:00Z');
const later = new Date('2026-11-20T11:00:00Z');
const failed: AttemptOutcome = { isDelivered: false, isManual: false, at, random: 0 };
const waiting = (attempt: number) => ({ state: 'waiting', attempt, nextAttemptAt: at }) as const;

function pauseMs(attempt: number, outcome: Partial<AttemptOutcome> = {}): number | undefined {
  const { nextAttemptAt } = progressAfter(waiting(attempt), { ...failed, ...outcome });
  return nextAttemptAt ? nextAttemptAt.getTime() - at.getTime() : undefined;
}

test('each failure waits for the next attempt, at most a tenth longer, and the last one ends the delivery', () => {
  for (let attempt = 0; attempt < SCHEDULE_MS.length - 1; attempt += 1) {
    expect(pauseMs(attempt)).toBe(SCHEDULE_MS[attempt + 1]);
    expect(pauseMs(attempt, { random: 1 })).toBeCloseTo((SCHEDULE_MS[attempt + 1] ?? 0) * 1.1);
  }
  expect(progressAfter(waiting(SCHEDULE_MS.length - 1), failed)).toMatchObject({
    state: 'dead',
    nextAttemptAt: null,
  });
});

test("a requested pause can lengthen the schedule's pause, never shorten it, and has a limit", () => {
  expect(pauseMs(0, { retryAfterMs: 60_000 })).toBe(60_000);
  expect(pauseMs(3, { retryAfterMs: 60_000 })).toBe(SCHEDULE_MS[4]);
  expect(pauseMs(0, { retryAfterMs: 1e12 })).toBe(MAX_RETRY_AFTER_MS);
});

test('a delivered event has no further schedule, whether it was sent on schedule or by hand', () => {
  for (const isManual of [false, true]) {
    expect(progressAfter(waiting(3), { ...failed, isManual, isDelivered: true })).toEqual({
      state: 'delivered',
      attempt: 3,
      nextAttemptAt: null,
    });
  }
});

test('a failed attempt by hand changes nothing, except that a delivery without a schedule is dead', () => {
  const manual = { ...failed, isManual: true };
  for (const before of [
    { state: 'waiting', attempt: 2, nextAttemptAt: later },
    { state: 'delivered', attempt: 0, nextAttemptAt: null },
    { state: 'dead', attempt: 9, nextAttemptAt: null },
  ] as const) {
    expect(progressAfter(before, manual)).toBe(before);
  }
  expect(progressAfter({ state: 'waiting', attempt: 0, nextAttemptAt: null }, manual).state).toBe(
    'dead',
  );
});
