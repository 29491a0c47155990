import { expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { createGroupCommit } from './group-commit.ts';

test('rows that arrive together are written together, and each gets its own result', async () => {
  const groups: number[] = [];
  const commit = createGroupCommit(async (rows: readonly number[]) => {
    groups.push(rows.length);
    return rows.map((row) => row * 2);
  });
  const stored = await Promise.all(Array.from({ length: 100 }, (_, n) => commit.add(n)));
  expect(stored).toEqual(Array.from({ length: 100 }, (_, n) => n * 2));
  expect(groups).toEqual([64, 36]);
});

test('at most two statements run at a time', async () => {
  let running = 0;
  let most = 0;
  const commit = createGroupCommit(async (rows: readonly number[]) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return rows;
  });
  await Promise.all(Array.from({ length: 1000 }, (_, n) => commit.add(n)));
  expect(most).toBe(2);
});

test('a row that the database does not take fails without the others', async () => {
  const commit = createGroupCommit(async (rows: readonly string[]) => {
    if (rows.includes('bad')) throw new TypeError('bad row');
    return rows;
  });
  const settled = await Promise.allSettled(['a', 'bad', 'b'].map((row) => commit.add(row)));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('an unavailable database fails the whole group at once, with a fault that can be repeated', async () => {
  let statements = 0;
  const commit = createGroupCommit<string, string>(async () => {
    statements += 1;
    throw new Fault('database.unavailable', 'away', { retry: 'later' });
  });
  const settled = await Promise.allSettled(['a', 'b'].map((row) => commit.add(row)));
  expect(settled).toMatchObject([
    { reason: { code: 'database.unavailable' } },
    { reason: { code: 'database.unavailable' } },
  ]);
  expect(statements).toBe(1);
});
