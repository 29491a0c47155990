import { expect, test } from 'vitest';
import { oneAhead } from './one-ahead.ts';

async function* counting(log: string[], failAt = Infinity) {
  for (let n = 1; n <= 4; n += 1) {
    log.push(`fetch ${n}`);
    if (n === failAt) throw new RangeError('broken');
    yield n;
  }
}

test('the next item is fetched while one is processed, and never the one after it', async () => {
  const log: string[] = [];
  for await (const item of oneAhead(counting(log))) {
    await new Promise(setImmediate);
    log.push(`work ${item}`);
  }
  expect(log).toEqual([
    'fetch 1',
    'fetch 2',
    'work 1',
    'fetch 3',
    'work 2',
    'fetch 4',
    'work 3',
    'work 4',
  ]);
});

test('an item that was fetched before a failure is processed first', async () => {
  const worked: number[] = [];
  const all = async () => {
    for await (const item of oneAhead(counting([], 3))) {
      await new Promise(setImmediate);
      worked.push(item);
    }
  };
  await expect(all()).rejects.toThrow(RangeError);
  expect(worked).toEqual([1, 2]);
});

test('stopping early leaves nothing open', async () => {
  let isClosed = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      isClosed = true;
    }
  }
  for await (const _ of oneAhead(endless())) break;
  await new Promise(setImmediate);
  expect(isClosed).toBe(true);
});
