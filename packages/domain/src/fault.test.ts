import { expect, test } from 'vitest';
import { Fault, isFault } from './fault.ts';

test('a fault is recognised by its shape, even from another copy of the package', () => {
  const foreign = Object.assign(new Error('away'), { name: 'Fault', code: 'x', retry: 'later' });
  expect(isFault(new Fault('x', 'away', { retry: 'later' }))).toBe(true);
  expect(isFault(foreign)).toBe(true);
  expect(isFault(new Error('away'))).toBe(false);
  expect(isFault('x')).toBe(false);
});

test('a fault keeps its cause', () => {
  const cause = new Error('socket');
  expect(new Fault('x', 'away', { retry: 'never', cause }).cause).toBe(cause);
});
