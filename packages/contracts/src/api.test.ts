import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { fulfillmentProcedures } from './fulfillment-procedures.ts';
import {
  forwardedProcedures,
  procedureSubject,
  procedureTables,
  publicOwners,
  publicProcedures,
} from './api.ts';
import { pageRequest } from './pages.ts';
import { rejectionCodes } from './rejections.ts';
import { scopes } from './scopes.ts';
import { usageRecord } from './billing-procedures.ts';

const publicSpecs = Object.entries(publicProcedures).flatMap(([namespace, specs]) =>
  Object.entries(specs).map(([name, spec]) => [`${namespace}.${name}`, spec] as const),
);

describe('the public API', () => {
  test.each(publicSpecs)('%s needs a scope that a key can have', (_path, spec) => {
    expect(scopes).toContain(spec.scope);
  });

  test('names the owner of each namespace, who has it in its own table', () => {
    for (const namespace of Object.keys(forwardedProcedures)) {
      const owner = publicOwners[namespace as keyof typeof forwardedProcedures];
      expect(procedureTables[owner]).toHaveProperty(namespace);
    }
  });

  test('lists in pages, and every list takes a cursor', () => {
    const lists = publicSpecs.filter(
      ([, spec]) => 'shape' in spec.output && 'items' in spec.output.shape,
    );
    expect(lists.length).toBeGreaterThan(4);
    for (const [path, spec] of lists) {
      expect(Object.keys(spec.input.shape), path).toEqual(
        expect.arrayContaining(['cursor', 'limit']),
      );
    }
  });

  test('never mounts what is for our own services', () => {
    expect(publicProcedures).not.toHaveProperty('purchases');
    expect(publicProcedures).not.toHaveProperty('decisions');
  });
});

/** Kinds that hold no text. */
const TEXTLESS = new Set([
  'number',
  'int',
  'boolean',
  'enum',
  'literal',
  'date',
  'undefined',
  'null',
]);
const WRAPPED = new Set(['optional', 'default', 'prefault', 'nullable', 'readonly', 'catch']);

/** Every text of an input, with its place. Throws at a kind of schema that it does not know. */
function texts(schema: z.core.$ZodType, path: string): [string, z.ZodType][] {
  const all = (parts: readonly z.core.$ZodType[], suffix: string) =>
    parts.flatMap((part) => texts(part, `${path}${suffix}`));
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'string') return [[path, schema as z.ZodType]];
  if (TEXTLESS.has(def.type)) return [];
  if (WRAPPED.has(def.type)) {
    return texts((def as { innerType: z.core.$ZodType }).innerType, path);
  }
  if (def.type === 'array') return all([def.element], '[]');
  if (def.type === 'tuple') return all(def.items, '[]');
  if (def.type === 'record') return all([def.keyType, def.valueType], '{}');
  if (def.type === 'union') return all(def.options, '');
  if (def.type === 'pipe') return all([def.in], '');
  if (def.type !== 'object') throw new TypeError(`${path}: what texts has a ${def.type}?`);
  return Object.entries(def.shape).flatMap(([key, part]) => texts(part, `${path}.${key}`));
}

const everyText = Object.values(procedureTables).flatMap((table) =>
  Object.entries(table).flatMap(([namespace, specs]) =>
    Object.entries(specs as Readonly<Record<string, { input: z.ZodType }>>).flatMap(
      ([name, { input }]) => texts(input, `${namespace}.${name}`),
    ),
  ),
);

test('every text of every procedure is found, of our own services too', () => {
  expect(everyText.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      'subscriptions.list.cursor',
      'purchases.resolve.purchaseToken',
      'decisions.mayRefuse.action',
      'offerPages.put.page.questions[].id',
    ]),
  );
});

test('no text of any procedure may hold what PostgreSQL refuses or changes', () => {
  const takes = (text: string) =>
    everyText.filter(([, schema]) => schema.safeParse(text).success).map(([path]) => path);
  for (const text of ['a\u0000b', '\u0000', 'a\ud83d', '\ud83d'])
    expect(takes(text), text).toEqual([]);
});

/** Ids, addresses, times and codes have a form of their own, which is narrower. */
const freeTexts = everyText.filter(([, schema]) => schema.safeParse('some words').success);

test.each(freeTexts)('%s takes letters and signs of every script', (_path, schema) => {
  expect(schema.safeParse('caf\u00e9 \ud83d\ude00').success).toBe(true);
});

test('the reason of a product is a code, in which nobody can be named', () => {
  const { input } = fulfillmentProcedures.subscriptions.failProvisioning;
  const takes = (reason: string) => input.safeParse({ subscriptionId: 's', reason }).success;
  expect(takes('no-capacity.eu')).toBe(true);
  for (const text of ['', 'Ada called', 'ada@fabrikam.example', 'a\u0000b', 'x'.repeat(101)]) {
    expect(takes(text), text).toBe(false);
  }
});

test('a procedure has one subject under its owner', () => {
  expect(procedureSubject('billing-sync', 'usage.report')).toBe('rpc.billing-sync.usage.report');
});

test('a page is bounded', () => {
  expect(pageRequest.parse({}).limit).toBe(50);
  expect(pageRequest.safeParse({ limit: 201 }).success).toBe(false);
  expect(pageRequest.safeParse({ limit: 0 }).success).toBe(false);
});

test('rejection codes name what is refused', () => {
  for (const code of Object.keys(rejectionCodes)) expect(code).toMatch(/^[a-z]+\.[a-z-]+$/);
});

describe('a usage record', () => {
  const record = {
    eventId: 'e1',
    subscriptionId: 's1',
    dimension: 'reports',
    quantity: 1,
    occurredAt: '2026-01-20T10:00:00+05:30',
  };

  test('takes a time with any offset, and no time without one', () => {
    expect(usageRecord.safeParse(record).success).toBe(true);
    const local = { ...record, occurredAt: '2026-01-20T10:00:00' };
    expect(usageRecord.safeParse(local).success).toBe(false);
  });

  test('refuses a text that PostgreSQL cannot store', () => {
    expect(usageRecord.safeParse({ ...record, eventId: 'e\u0000' }).success).toBe(false);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '1', null])('refuses %s units', (quantity) => {
    expect(usageRecord.safeParse({ ...record, quantity }).success).toBe(false);
  });
});
