import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { withLock } from './lock.mjs';

const file = join(mkdtempSync(join(tmpdir(), 'lock-')), 'lock');

test('work under one lock never overlaps, and the lock is removed afterwards', async () => {
  let inside = 0;
  const work = () =>
    withLock(file, async () => {
      inside += 1;
      await new Promise(setImmediate);
      expect(inside).toBe(1);
      inside -= 1;
    });
  await Promise.all([work(), work(), work()]);
  expect(existsSync(file)).toBe(false);
});

test('the lock of a dead process is taken over, and failing work releases it', async () => {
  writeFileSync(file, String(2 ** 22 + 1));
  const failing = withLock(file, () => Promise.reject(new Error('disk')));
  await expect(failing).rejects.toThrow('disk');
  expect(existsSync(file)).toBe(false);
});

test('a lock that is just being written is not taken over', async () => {
  writeFileSync(file, '');
  const order: string[] = [];
  const work = withLock(file, () => Promise.resolve(void order.push('ours')));
  order.push('theirs');
  rmSync(file);
  await work;
  expect(order).toEqual(['theirs', 'ours']);
  writeFileSync(file, '');
  utimesSync(file, 0, 0);
  await withLock(file, () => Promise.resolve());
  expect(existsSync(file)).toBe(false);
});
