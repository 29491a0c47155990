import { expect, test } from 'vitest';
import { backOffMs, MAX_ATTEMPTS, waitMs } from './back-off.ts';

test('pauses grow from a second to ten minutes and stay there', () => {
  expect(backOffMs(1, undefined, 1)).toBe(1_000);
  expect(backOffMs(4, undefined, 1)).toBe(10_000);
  expect(backOffMs(50, undefined, 1)).toBe(600_000);
});

test('at most half of a pause is random', () => {
  expect(backOffMs(4, undefined, 0)).toBe(5_000);
});

test('a pause is never shorter than the other side requests', () => {
  expect(backOffMs(1, 45_000, 0)).toBe(45_000);
  expect(backOffMs(9, 1, 1)).toBe(600_000);
});

test('the schedule lasts longer than an overnight outage', () => {
  let total = 0;
  for (let attempts = 1; attempts < MAX_ATTEMPTS; attempts += 1) {
    total += backOffMs(attempts, undefined, 0);
  }
  expect(total / 3_600_000).toBeGreaterThan(7);
});

test('without access a task waits as long as requested, and never more than a minute', () => {
  expect(waitMs(15_000, 0)).toBe(15_000);
  expect(waitMs(undefined, 1)).toBe(60_000);
  expect(waitMs(600_000, 1)).toBe(60_000);
  expect(waitMs(1, 0)).toBe(1_000);
});
