import { expect, test } from 'vitest';
import type { Catalog, CatalogColumn, CatalogRule } from './catalog.ts';
import { contractions } from './expand-only.ts';

const text: CatalogColumn = { type: 'text', isRequired: false, hasDefault: false };
const required: CatalogColumn = { ...text, isRequired: true };
const filled: CatalogColumn = { ...required, hasDefault: true };
const key: CatalogRule = { definition: 'PRIMARY KEY (id)', kind: 'unique', columns: ['id'] };

function orders(
  columns: Readonly<Record<string, CatalogColumn>>,
  rules: readonly CatalogRule[] = [key],
  triggers: readonly string[] = [],
): Catalog {
  return { 'shop.orders': { columns: { id: required, ...columns }, rules, triggers } };
}

test('new tables, nullable columns, defaults and looser columns are expansions', () => {
  const before = orders({ buyer: required });
  const after = {
    ...orders({ buyer: text, note: text, at: filled }),
    'shop.carts': before['shop.orders'],
  };
  expect(contractions(before, after as Catalog)).toEqual([]);
});

test('a rule on new columns alone is an expansion, and so is the end of a check', () => {
  const check: CatalogRule = { definition: 'CHECK (buyer)', kind: 'check', columns: ['buyer'] };
  const onNew: CatalogRule = { definition: 'CHECK (note)', kind: 'check', columns: ['note'] };
  const before = orders({ buyer: text }, [key, check]);
  expect(contractions(before, orders({ buyer: text, note: text }, [key, onNew]))).toEqual([]);
});

test('what is gone, renamed or of another type is a contraction', () => {
  const before: Catalog = {
    ...orders({ buyer: text, seats: text }),
    'shop.old': { columns: {}, rules: [], triggers: [] },
  };
  const after = orders({ customer: text, seats: { ...text, type: 'integer' } });
  expect(contractions(before, after)).toEqual([
    'shop.orders: column buyer is gone',
    'shop.orders: column seats was text and is integer',
    'shop.old is gone',
  ]);
});

test('what old inserts do not fill in is a contraction', () => {
  const before = orders({ buyer: text, at: filled });
  const after = orders({ buyer: required, at: required, note: required });
  expect(contractions(before, after)).toEqual([
    'shop.orders: column buyer is required now',
    'shop.orders: column at has lost its default',
    'shop.orders: new column note is required, without a default',
  ]);
});

test('a new rule or trigger on old columns and the end of a unique rule are contractions', () => {
  const unique: CatalogRule = { definition: 'UNIQUE (buyer)', kind: 'unique', columns: ['buyer'] };
  const check: CatalogRule = { definition: 'CHECK (id > 0)', kind: 'check', columns: ['id'] };
  const before = orders({ buyer: text }, [key, unique]);
  const after = orders({ buyer: text }, [key, check], ['CREATE TRIGGER t']);
  expect(contractions(before, after)).toEqual([
    'shop.orders: new check: CHECK (id > 0)',
    'shop.orders: no longer unique: UNIQUE (buyer)',
    'shop.orders: new trigger: CREATE TRIGGER t',
  ]);
});
