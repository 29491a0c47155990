import { expect, test } from 'vitest';
import { MAX_DELIVERIES, pauseBefore } from './consumer.ts';

const TWELVE_HOURS_MS = 12 * 60 * 60 * 1000;

test('a message is tried for twelve hours before it becomes a dead letter', () => {
  let totalMs = 0;
  for (let delivery = 1; delivery <= MAX_DELIVERIES; delivery += 1) {
    totalMs += pauseBefore(delivery, 0.5);
  }
  expect(totalMs).toBeGreaterThan(TWELVE_HOURS_MS);
});

test('a pause is at most a quarter shorter or longer than scheduled', () => {
  expect([0, 0.5, 1].map((random) => pauseBefore(2, random))).toEqual([750, 1000, 1250]);
});
