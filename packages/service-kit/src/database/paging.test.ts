import { expect, test } from 'vitest';
import { z } from 'zod';
import { Rejection } from '@landfall/contracts/rejections';
import { cutPage, decodeCursor, decodeKey, encodeCursor, encodeKey } from './paging.ts';

test('a cursor leads back to its place', () => {
  const place = { at: new Date('2026-02-10T18:48:58.444Z'), id: 'a' };
  expect(decodeCursor(encodeCursor(place))).toEqual(place);
  expect(decodeCursor(undefined)).toBeUndefined();
});

test.each(['', 'x', '{}', encodeCursor({ at: new Date(0), id: '' }), 'é'.repeat(400)])(
  'the invalid cursor %j is rejected without an exception',
  (cursor) => {
    expect(decodeCursor(cursor)).toBeInstanceOf(Rejection);
  },
);

test('a page has a next page only if there are more rows', () => {
  const cursorOf = (row: number) => String(row);
  expect(cutPage([1, 2, 3], 2, cursorOf)).toEqual({ rows: [1, 2], nextCursor: '2' });
  expect(cutPage([1, 2], 2, cursorOf)).toEqual({ rows: [1, 2], nextCursor: undefined });
  expect(cutPage([], 2, cursorOf)).toEqual({ rows: [], nextCursor: undefined });
});

test('a key with NUL or a lone surrogate is not a cursor of any list', () => {
  const anyKey = z.tuple([z.string(), z.string()]);
  for (const part of ['a\u0000b', 'a\ud800b']) {
    expect(decodeKey(encodeKey([part, 'x']), anyKey)).toBeInstanceOf(Rejection);
  }
  expect(decodeKey(encodeKey(['é', '€']), anyKey)).toEqual(['é', '€']);
});
