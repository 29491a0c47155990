import { expect, test } from 'vitest';
import { median, quantile, spreadOf } from './statistics.ts';

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
});

test('the spread is half the distance between the quartiles, as a share of the median', () => {
  expect(spreadOf([80, 90, 100, 110, 120])).toBeCloseTo(0.1);
  expect(spreadOf([5, 5, 5])).toBe(0);
});

test('a quantile of nothing is an error, not zero', () => {
  expect(() => quantile([], 0.99)).toThrow('nothing was measured');
});
