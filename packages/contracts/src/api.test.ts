import { describe, expect, test } from 'vitest';
import { z } from 'zod';
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

/** The free texts of an input, with their place. */
function texts(schema: z.ZodType, path: string): [string, z.ZodType][] {
  if (schema instanceof z.ZodString) return [[path, schema]];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return texts(schema.unwrap() as z.ZodType, path);
  }
  if (schema instanceof z.ZodArray) return texts(schema.element as z.ZodType, `${path}[]`);
  if (schema instanceof z.ZodRecord) {
    const { keyType, valueType } = schema;
    return [keyType, valueType].flatMap((part) => texts(part as z.ZodType, `${path}{}`));
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((option) => texts(option as z.ZodType, path));
  }
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, part]) =>
    texts(part as z.ZodType, `${path}.${key}`),
  );
}

const OWN_FORM = ['.cursor', 'failProvisioning.reason', 'ask.messages{}'];

const publicTexts = publicSpecs
  .flatMap(([path, spec]) => texts(spec.input, path))
  // Cursors and codes have a form of their own, which is narrower.
  .filter(([path]) => !OWN_FORM.some((end) => path.endsWith(end)));

test('free texts are found, in lists and rules too', () => {
  expect(publicTexts.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      'usage.report.records[].eventId',
      'policies.put.rules[].when.planIds[]',
    ]),
  );
});

test.each(publicTexts)(
  '%s takes no text that PostgreSQL would refuse or change',
  (_path, schema) => {
    expect(schema.safeParse('a\u0000b').success).toBe(false);
    expect(schema.safeParse('a\ud83d').success).toBe(false);
    expect(schema.safeParse('caf\u00e9 \ud83d\ude00').success).toBe(true);
  },
);

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
