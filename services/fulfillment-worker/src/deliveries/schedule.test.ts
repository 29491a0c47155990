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

test('each failure waits for the next attempt, a tenth longer at most, and the last one is the end', () => {
  for (let attempt = 0; attempt < SCHEDULE_MS.length - 1; attempt += 1) {
    expect(pauseMs(attempt)).toBe(SCHEDULE_MS[attempt + 1]);
    expect(pauseMs(attempt, { random: 1 })).toBeCloseTo((SCHEDULE_MS[attempt + 1] ?? 0) * 1.1);
  }
  expect(progressAfter(waiting(SCHEDULE_MS.length - 1), failed)).toMatchObject({
    state: 'dead',
    nextAttemptAt: null,
  });
});

test("the receiver's wish lengthens a pause, never shortens it, and is bounded", () => {
  expect(pauseMs(0, { retryAfterMs: 60_000 })).toBe(60_000);
  expect(pauseMs(3, { retryAfterMs: 60_000 })).toBe(SCHEDULE_MS[4]);
  expect(pauseMs(0, { retryAfterMs: 1e12 })).toBe(MAX_RETRY_AFTER_MS);
});

test('what has arrived is delivered, on the schedule or by hand, and has no schedule any more', () => {
  for (const isManual of [false, true]) {
    expect(progressAfter(waiting(3), { ...failed, isManual, isDelivered: true })).toEqual({
      state: 'delivered',
      attempt: 3,
      nextAttemptAt: null,
    });
  }
});

test('a failure by hand changes nothing, except that what has no schedule is dead', () => {
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
