import { expect, test } from 'vitest';
import { dedupeKey } from './dedupe-key.ts';

const at = new Date('2026-02-10T18:48:58Z');
const ids = { operationId: 'OP-1', subscriptionId: 'SUB-1', action: 'ChangePlan' };

test('upper and lower case and the rest of the body make no difference', () => {
  const lower = { operationId: 'op-1', subscriptionId: 'sub-1', action: 'changeplan' };
  expect(dedupeKey(ids, { a: 1 }, at)).toBe(dedupeKey(lower, { b: 2 }, new Date()));
});

test('the same operation for two publishers is two notifications', () => {
  const keys = ['a', 'b', undefined].map((publisherId) =>
    dedupeKey({ ...ids, publisherId }, {}, at),
  );
  expect(new Set(keys).size).toBe(3);
  const bare = ['a', 'b'].map((publisherId) => dedupeKey({ publisherId }, { x: 1 }, at));
  expect(new Set(bare).size).toBe(2);
});

test.each([{ operationId: 'op-2' }, { subscriptionId: 'sub-2' }, { action: 'Renew' }])(
  'a different value of one of the three is another notification: %o',
  (other) => {
    expect(dedupeKey({ ...ids, ...other }, {}, at)).not.toBe(dedupeKey(ids, {}, at));
  },
);

test('parts with a separator do not collide, and long ids do not make a long key', () => {
  const shifted = { operationId: 'b', subscriptionId: 'a:b', action: 'c' };
  expect(dedupeKey({ operationId: 'b:b', subscriptionId: 'a', action: 'c' }, {}, at)).not.toBe(
    dedupeKey(shifted, {}, at),
  );
  expect(dedupeKey({ ...ids, operationId: 'x'.repeat(50_000) }, {}, at).length).toBeLessThan(200);
});

test('without an operation id, the same body within the hour is one notification, whatever the order of its keys', () => {
  const partial = { subscriptionId: 'sub-1', action: 'Reinstate' };
  const first = dedupeKey(partial, { a: 1, b: [{ c: 1, d: 2 }] }, at);
  expect(dedupeKey(partial, { b: [{ d: 2, c: 1 }], a: 1 }, at)).toBe(first);
  expect(dedupeKey(partial, { a: 2 }, at)).not.toBe(first);
  expect(
    dedupeKey(partial, { a: 1, b: [{ c: 1, d: 2 }] }, new Date('2026-02-10T19:00:00Z')),
  ).not.toBe(first);
});
