import { expect, test } from 'vitest';
import { flatness } from './flat.ts';

const tenth = { share: 0.1, amount: 0 };

test('a value that settles after its start is flat', () => {
  const samples = [1, 40, 100, 104, 99, 101, 103, 100, 98, 102, 100, 101];
  expect(flatness(samples, tenth).isFlat).toBe(true);
});

test('a value that grows slowly and steadily is not flat', () => {
  const samples = Array.from({ length: 40 }, (_, index) => 100 + index);
  expect(flatness(samples, tenth)).toMatchObject({ before: 114.5, after: 134.5, isFlat: false });
});

test('one peak at the end does not count as growth', () => {
  expect(flatness([...Array<number>(15).fill(100), 900], tenth).isFlat).toBe(true);
});

test('a small value may grow by the allowed amount', () => {
  const samples = [0, 0, 0, 0, 0, 0, 3, 3];
  expect(flatness(samples, { share: 0, amount: 3 }).isFlat).toBe(true);
  expect(flatness(samples, { share: 0, amount: 2 }).isFlat).toBe(false);
});
