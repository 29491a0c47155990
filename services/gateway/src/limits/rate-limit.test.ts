import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

test('a burst of five seconds passes, then calls pass at the rate', () => {
  let now = 0;
  const limit = createRateLimit({ perSecond: 2, now: () => now });
  const burst = Array.from({ length: 11 }, () => limit.take('a'));
  expect(burst.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0));
  expect(burst[10]).toBe(500);
  expect(limit.take('b')).toBe(0);
  now += 500;
  expect(limit.take('a')).toBe(0);
  expect(limit.take('a')).toBe(500);
});

test('a clock that goes back changes nothing', () => {
  let now = 10_000;
  const limit = createRateLimit({ perSecond: 1, now: () => now });
  for (let n = 0; n < 5; n += 1) expect(limit.take('a')).toBe(0);
  now = 0;
  expect(limit.take('a')).toBe(1000);
});

test('a batch that costs more than the bucket passes when the bucket is full', () => {
  const limit = createRateLimit({ perSecond: 1, now: () => 0 });
  expect(limit.take('a', 50)).toBe(0);
  expect(limit.take('a', 1)).toBeGreaterThan(0);
});

test('of many callers, the ones that came last are remembered', () => {
  const limit = createRateLimit({ perSecond: 1, now: () => 0 });
  const spend = (who: string) => limit.take(who, 5);
  spend('first');
  expect(limit.take('first')).toBe(1000);
  for (let n = 0; n < 50_000; n += 1) spend(`${n}`);
  expect(limit.take('0')).toBe(1000);
  expect(limit.take('first')).toBe(0);
});
