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
import { usageRecord } from './usage-procedures.ts';

/** Lists without pages, with what bounds them. */
const BOUNDED: Readonly<Record<string, string>> = {
  'customerMails.texts': 'the texts that there are',
  'destinations.channels': 'the channels that there are',
  'publishers.list': 'the configuration',
};

const publicSpecs = Object.entries(publicProcedures).flatMap(([namespace, specs]) =>
  Object.entries(specs).map(([name, spec]) => [`${namespace}.${name}`, spec] as const),
);

describe('the public API', () => {
  test.each(publicSpecs)('%s needs a scope that a key can have', (path, spec) => {
    // Every caller may learn who it is.
    if (['keys.own', 'operators.me'].includes(path)) expect(spec.scope).toBe('any');
    else expect(scopes).toContain(spec.scope);
  });

  test('names an owner for each namespace, and the table of that owner contains it', () => {
    for (const namespace of Object.keys(forwardedProcedures)) {
      const owner = publicOwners[namespace as keyof typeof forwardedProcedures];
      expect(procedureTables[owner]).toHaveProperty(namespace);
    }
  });

  test('pages every list that the configuration does not bound: each takes a cursor and a limit', () => {
    const lists = publicSpecs.filter(
      ([path, spec]) =>
        spec.kind === 'query' &&
        'shape' in spec.output &&
        'items' in spec.output.shape &&
        !(path in BOUNDED),
    );
    expect(lists.length).toBeGreaterThan(4);
    for (const [path, spec] of lists) {
      expect(Object.keys(spec.input.shape), path).toEqual(
        expect.arrayContaining(['cursor', 'limit']),
      );
    }
  });

  test('does not contain procedures for internal use', () => {
    expect(publicProcedures).not.toHaveProperty('purchases');
    expect(publicProcedures).not.toHaveProperty('decisions');
  });
});

/** Kinds of schema without text. */
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

/** Every text schema of an input, with its path. Throws for an unknown kind of schema. */
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
  // Accepted in any form, because billing reads each record on its own, with this schema.
  if (def.type === 'custom' && path === 'usage.report.records[]') return all([usageRecord], '');
  if (def.type !== 'object') throw new TypeError(`${path}: unknown kind of schema: ${def.type}`);
  return Object.entries(def.shape).flatMap(([key, part]) => texts(part, `${path}.${key}`));
}

const everyText = Object.values(procedureTables).flatMap((table) =>
  Object.entries(table).flatMap(([namespace, specs]) =>
    Object.entries(specs as Readonly<Record<string, { input: z.ZodType }>>).flatMap(
      ([name, { input }]) => texts(input, `${namespace}.${name}`),
    ),
  ),
);

test('the walk finds the texts of every procedure, including internal ones', () => {
  expect(everyText.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      'subscriptions.list.cursor',
      'purchases.resolve.purchaseToken',
      'decisions.mayRefuse.action',
      'offerPages.put.page.questions[].id',
      'usage.report.records[].eventId',
    ]),
  );
});

test('no procedure accepts a text that PostgreSQL refuses or changes', () => {
  const takes = (text: string) =>
    everyText.filter(([, schema]) => schema.safeParse(text).success).map(([path]) => path);
  for (const text of ['a\u0000b', '\u0000', 'a\ud83d', '\ud83d'])
    expect(takes(text), text).toEqual([]);
});

/** Texts without a narrower form, such as that of an id, address, time or code. */
const freeTexts = everyText.filter(([, schema]) => schema.safeParse('some words').success);

test.each(freeTexts)('%s accepts characters of every script', (_path, schema) => {
  expect(schema.safeParse('caf\u00e9 \ud83d\ude00').success).toBe(true);
});

test("a product's reason is a code, so it cannot name a person", () => {
  const { input } = fulfillmentProcedures.subscriptions.failProvisioning;
  const takes = (reason: string) => input.safeParse({ subscriptionId: 's', reason }).success;
  expect(takes('no-capacity.eu')).toBe(true);
  for (const text of ['', 'Ada called', 'ada@fabrikam.example', 'a\u0000b', 'x'.repeat(101)]) {
    expect(takes(text), text).toBe(false);
  }
});

test("a procedure's subject starts with its owner", () => {
  expect(procedureSubject('billing-sync', 'usage.report')).toBe('rpc.billing-sync.usage.report');
});

test('a page has 50 items by default and at most 200', () => {
  expect(pageRequest.parse({}).limit).toBe(50);
  expect(pageRequest.safeParse({ limit: 201 }).success).toBe(false);
  expect(pageRequest.safeParse({ limit: 0 }).success).toBe(false);
});

test('every rejection code has the form noun.reason', () => {
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

  test('accepts a time with any offset, and refuses one without', () => {
    expect(usageRecord.safeParse(record).success).toBe(true);
    const local = { ...record, occurredAt: '2026-01-20T10:00:00' };
    expect(usageRecord.safeParse(local).success).toBe(false);
  });

  test('refuses a text that PostgreSQL cannot store', () => {
    expect(usageRecord.safeParse({ ...record, eventId: 'e\u0000' }).success).toBe(false);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '1e3', '-1', '1,5', '', null])(
    'refuses %s units',
    (quantity) => {
      expect(usageRecord.safeParse({ ...record, quantity }).success).toBe(false);
    },
  );
});
