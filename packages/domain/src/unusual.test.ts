import { expect, test } from 'vitest';
import { decimal } from './decimal.ts';
import { unusualDay } from './unusual.ts';

const judge = (units: string, history: readonly string[]) =>
  unusualDay(decimal(units), history.map(decimal));
const WEEK = ['10', '12', '9', '11', '10', '8', '10'];

test('a day with more than five times the usual units is unusual, and the reason is given', () => {
  const found = judge('50.1', WEEK);

  expect(found?.usual.toFixed()).toBe('10');
  expect(found?.highest.toFixed()).toBe('12');
  expect(judge('50', WEEK)).toBeUndefined();
});

test('a new subscription is never unusual', () => {
  expect(judge('100000', WEEK.slice(1))).toBeUndefined();
  expect(judge('100000', [])).toBeUndefined();
});

test('a few units are never unusual', () => {
  const small = WEEK.map(() => '0.1');

  expect(judge('9.9', small)).toBeUndefined();
  expect(judge('10', small)).toBeDefined();
});

test('a day that is as high as one before is not unusual', () => {
  expect(judge('100', [...WEEK, '100'])).toBeUndefined();
  expect(judge('101', [...WEEK, '100'])).toBeDefined();
});
