import { expect, test } from 'vitest';
import { createPlanMemory, PLANS_MEMORY_MS } from './plan-memory.ts';

test('callers that ask for the same thing at the same time, or seconds later, share one answer', async () => {
  let at = 1_000;
  let asked = 0;
  const remember = createPlanMemory<number>(() => at);
  const ask = async () => (asked += 1);

  expect(await Promise.all([remember('a', ask), remember('a', ask)])).toEqual([1, 1]);
  at += PLANS_MEMORY_MS - 1;
  expect(await remember('a', ask)).toBe(1);
  expect(await remember('b', ask)).toBe(2);
  at += 2;
  expect(await remember('a', ask)).toBe(3);
});

test('an answer that takes longer than it is kept is not requested twice at once', async () => {
  const remember = createPlanMemory<string>();
  const { promise, resolve } = Promise.withResolvers<string>();

  const first = remember('a', () => promise);
  const second = remember('a', () => Promise.reject(new Error('asked twice')));
  resolve('plans');

  expect(await Promise.all([first, second])).toEqual(['plans', 'plans']);
});

test('a failure is not kept', async () => {
  const remember = createPlanMemory<string>();
  await expect(remember('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');

  expect(await remember('a', () => Promise.resolve('plans'))).toBe('plans');
});
