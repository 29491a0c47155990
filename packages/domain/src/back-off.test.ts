import { expect, test } from 'vitest';
import { doublingPause, spread, stepOf } from './back-off.ts';

test('a pause doubles with each failure and never passes the longest', () => {
  const pauses = [0, 1, 2, 3, 4, 5_000].map((failures) =>
    doublingPause(failures, { firstMs: 400, longestMs: 1_500 }),
  );
  expect(pauses).toEqual([400, 400, 800, 1_500, 1_500, 1_500]);
});

test('the last step of a schedule repeats', () => {
  expect([-1, 0, 1, 2, 9].map((index) => stepOf([1, 2, 5], index))).toEqual([1, 1, 2, 5, 5]);
});

test('only the random share of a pause is random', () => {
  expect([0, 0.5, 1].map((random) => spread(1_000, random))).toEqual([500, 750, 1_000]);
  expect(spread(1_000, 0, 0.25)).toBe(750);
});
