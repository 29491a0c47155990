import { expect, test } from 'vitest';
import { fieldChanges } from './field-changes.ts';

test('names each field that changed, appeared or went, and no other', () => {
  const before = { label: 'Shop', scopes: ['usage:read'], limits: { days: 9 }, gone: true };
  const after = { label: 'Shop', scopes: ['usage:read', 'usage:write'], limits: { days: 10 } };

  expect(fieldChanges(before, after)).toEqual([
    { path: 'gone', before: 'true', after: undefined },
    { path: 'limits.days', before: '9', after: '10' },
    { path: 'scopes.1', before: undefined, after: 'usage:write' },
  ]);
});

test('shows every field of what was created or removed', () => {
  expect(fieldChanges(undefined, { id: 'a', tags: [] })).toEqual([
    { path: 'id', before: undefined, after: 'a' },
    { path: 'tags', before: undefined, after: '[]' },
  ]);
  expect(fieldChanges(undefined, undefined)).toEqual([]);
});

test('shows the first entry of an empty list without the empty list', () => {
  expect(fieldChanges({ items: [] }, { items: [{ id: 'a' }] })).toEqual([
    { path: 'items.0.id', before: undefined, after: 'a' },
  ]);
});
