import { expect, test } from 'vitest';
import { z } from 'zod';
import { publicProcedures } from '@landfall/contracts/api';
import { keyProcedures } from '@landfall/contracts/key-procedures';
import { operatorProcedures } from '@landfall/contracts/operator-procedures';
import type { Procedures } from '@landfall/contracts/procedures';
import { queryInput } from './changes.ts';
import { boundedJson, isHidden, redacted } from './redaction.ts';

const tables: Procedures = { ...publicProcedures, ...keyProcedures, ...operatorProcedures };

/** Any id: some ids are UUIDs, and others are any text. */
const ID = 'c7d0a5e2-4b13-4f86-9a2c-08e5d1b7f394';

/** Every command with `auditedBy`, and its query. */
const auditedCommands = Object.entries(tables).flatMap(([namespace, specs]) =>
  Object.entries(specs).flatMap(([name, command]) => {
    if (command.auditedBy === undefined) return [];
    return [{ path: `${namespace}.${name}`, command, query: specs[command.auditedBy] }];
  }),
);

const SUSPICIOUS =
  /name|mail|address|replyTo|phone|secret|token|password|signature|answer|person|people|purchaser|beneficiary|recipient|url|upn/i;

/** Fields that only look like one. */
const HARMLESS: ReadonlySet<string> = new Set([
  'productName', // of the product
  'productNames', // of products
  'mails', // which of our mails
  'secrets', // dates of secrets, not the secrets
  'formerSecretUntil', // a date
  'productUrl', // the public address of the product
]);

test('no field of an audited query that looks personal or secret is written to the audit log', () => {
  const found = auditedCommands.flatMap(({ query }) => [...fieldsOf(query!.output)]);
  const shown = found.filter(
    (field) => SUSPICIOUS.test(field) && !HARMLESS.has(field) && !isCovered(field),
  );
  expect(new Set(found).size).toBeGreaterThan(50);
  expect([...new Set(shown)]).toEqual([]);
});

/** Whether a value of this field does not survive as it is. */
function isCovered(field: string): boolean {
  const value = 'https://person.example/path?token=1';
  const [stored] = Object.values(redacted({ [field]: value }) as object);
  return isHidden(field) || !String(stored).includes('path');
}

test.each(auditedCommands)(
  '$path can be shown by its query with the fields of the command alone',
  ({ command, query }) => {
    expect(query?.kind).toBe('query');
    const required = requiredFields(query!.input);
    const given = requiredFields(command.input);
    expect(required.difference(given)).toEqual(new Set());
    const sample = Object.fromEntries(
      [...required].map((field) => [field, field === 'language' ? 'en' : ID]),
    );
    expect(() => queryInput(query!.input, sample)).not.toThrow();
  },
);

test('commands that change settings say how to show the change', () => {
  const silent = Object.entries(tables).flatMap(([namespace, specs]) =>
    Object.entries(specs)
      .filter(([, { kind, auditedBy }]) => kind === 'command' && auditedBy === undefined)
      .map(([name]) => `${namespace}.${name}`)
      .filter((path) => /\.(?:put|update|create|remove|enable|disable|rotate\w*)$/.test(path)),
  );
  // People with access to a subscription are personal data.
  expect(silent).toEqual(['people.remove']);
});

test('a value above the bound is replaced by its size', () => {
  expect(boundedJson({ a: 'x'.repeat(20_000) })).toBe('{"tooLarge":true,"bytes":20008}');
  expect(boundedJson({ a: 1 })).toBe('{"a":1}');
});

function requiredFields(schema: z.ZodType): Set<string> {
  if (!(schema instanceof z.ZodObject)) return new Set();
  const fields = Object.entries(schema.shape) as [string, z.ZodType][];
  return new Set(fields.filter(([, field]) => !field.safeParse(undefined).success).map(([n]) => n));
}

/** Names of all fields, at any depth. */
function fieldsOf(schema: z.ZodType): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (typeof part !== 'object' || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key === 'properties') for (const name of Object.keys(value as object)) found.add(name);
      visit(value);
    }
  };
  visit(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }));
  return found;
}
