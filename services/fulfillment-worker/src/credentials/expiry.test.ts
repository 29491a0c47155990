import { describe, expect, test } from 'vitest';
import { daysLeft, stateOf, warningOf } from './expiry.ts';

const END = new Date('2027-03-31T00:00:00Z');
const before = (days: number) => new Date(END.getTime() - days * 86_400_000);

describe('a warning', () => {
  test.each([
    [31, undefined],
    [30, '30'],
    [15, '30'],
    [14, '14'],
    [7, '7'],
    [2, '7'],
    [1, '1'],
    [0.1, '1'],
    [0, 'expired'],
    [-5, 'expired'],
  ])('%d days before the end belongs to step %s', (days, step) => {
    expect(warningOf(END, before(days))?.step).toBe(step);
  });

  test('in the last week and after the end is serious', () => {
    expect([30, 14, 7, 1, 0].map((days) => warningOf(END, before(days))?.isSerious)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

test('the remaining days are whole, and negative after the end', () => {
  expect([1.9, 0.1, 0, -0.1].map((days) => daysLeft(END, before(days)))).toEqual([1, 0, 0, -1]);
});

describe('the state', () => {
  const works = { lastSuccessAt: before(100) };

  test.each([
    ['unknown', {}, undefined],
    ['ok', works, undefined],
    ['ok', works, before(-60)],
    ['expiring', works, before(-20)],
    ['expired', works, before(1)],
    ['rejected', { ...works, failure: 'credentials.rejected' }, before(-20)],
    ['rejected', { failure: 'credentials.unreadable' }, before(1)],
    ['ok', { ...works, failure: 'authority.unavailable' }, undefined],
  ] as const)('is %s with %o and the end %s', (state, health, expiresAt) => {
    expect(stateOf(health, expiresAt, END)).toBe(state);
  });
});
