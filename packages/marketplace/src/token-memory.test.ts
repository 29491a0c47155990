import { expect, test } from 'vitest';
import { createTokenMemory, MAX_REMEMBERED_TOKENS } from './token-memory.ts';

test('a verified token is remembered until its end', () => {
  let now = 1_000;
  const memory = createTokenMemory<string>(() => now);
  memory.remember('a', 'A', { generation: 1, until: 2_000 });
  expect(memory.recall('a', 1)).toBe('A');
  now = 2_000;
  expect(memory.recall('a', 1)).toBeUndefined();
});

test('a key rotation removes everything', () => {
  const memory = createTokenMemory<string>(() => 0);
  memory.remember('a', 'A', { generation: 1, until: 10 });
  expect(memory.recall('a', 2)).toBeUndefined();
  expect(memory.recall('a', 1)).toBeUndefined();
});

test('the least recently used token is removed when the memory is full', () => {
  const memory = createTokenMemory<number>(() => 0);
  for (let index = 0; index < MAX_REMEMBERED_TOKENS; index += 1) {
    memory.remember(`t${index}`, index, { generation: 1, until: 10 });
  }
  expect(memory.recall('t0', 1)).toBe(0);
  memory.remember('one more', -1, { generation: 1, until: 10 });
  expect(memory.recall('t1', 1)).toBeUndefined();
  expect(memory.recall('t0', 1)).toBe(0);
});
