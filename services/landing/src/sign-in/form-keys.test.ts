import { expect, test } from 'vitest';
import { createFormKeys } from './form-keys.ts';

const ada = { tenantId: 'fabrikam', objectId: 'ada' };
const [old, fresh] = ['a secret that was used first', 'a secret that replaces it'];

test('a form key is the same in all sessions of a person, and different for every other person', () => {
  const keys = createFormKeys([old]);

  expect(keys.of(ada)).toBe(createFormKeys([old]).of(ada));
  expect(keys.isOf(ada, keys.of(ada))).toBe(true);
  for (const other of [
    { ...ada, objectId: 'ben' },
    { ...ada, tenantId: 'tailspin' },
  ]) {
    expect(keys.isOf(other, keys.of(ada))).toBe(false);
  }
  expect(keys.isOf(ada, '')).toBe(false);
});

test('a form that was open while the secret was replaced is accepted until the old secret is removed', () => {
  const key = createFormKeys([old]).of(ada);

  expect(createFormKeys([fresh, old]).isOf(ada, key)).toBe(true);
  expect(createFormKeys([fresh]).isOf(ada, key)).toBe(false);
});
