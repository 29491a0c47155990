import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { inputIssues, inputMessage } from './input-issues.ts';
import { unknownFields } from './unknown-fields.ts';

const rule = z.object({
  when: z.discriminatedUnion('action', [
    z.object({ action: z.literal('ChangeQuantity'), below: z.number() }),
    z.object({ action: z.literal('ChangePlan'), to: z.string() }),
  ]),
});

const schema = z.object({
  waitForProduct: z.boolean().optional(),
  limit: z.number().int().min(1).max(200).default(50),
  status: z.enum(['Subscribed', 'Suspended', 'Unsubscribed']).nullable().optional(),
  rules: z.array(rule).max(2).optional(),
  answers: z.record(z.string(), z.object({ text: z.string() })).optional(),
  many: z.array(z.string()).max(2).optional(),
  name: z.string().min(1).max(5).optional(),
  at: z.iso.datetime().optional(),
});

function messageFor(input: unknown): string {
  const { error } = schema.safeParse(input);
  return error ? inputMessage(inputIssues(error, input)) : '';
}

describe('an unknown field', () => {
  test('is found at any depth, with the field that was probably meant', () => {
    const input = {
      waitForProdct: true,
      rules: [{ when: { action: 'ChangeQuantity', blow: 20 } }],
      answers: { anything: { text: 'x', texts: 'y' } },
    };

    expect(unknownFields(schema, input)).toEqual([
      {
        path: 'waitForProdct',
        message: 'Unknown field "waitForProdct". Did you mean "waitForProduct"?',
      },
      { path: 'rules[0].when.blow', message: 'Unknown field "blow". Did you mean "below"?' },
      { path: 'answers.anything.texts', message: 'Unknown field "texts". Did you mean "text"?' },
    ]);
  });

  test('that resembles none is answered with the fields that exist', () => {
    const [issue] = unknownFields(rule, {
      when: { action: 'ChangePlan', to: 'pro', ordered: true },
    });

    expect(issue?.message).toBe('Unknown field "ordered". The fields are: action, to.');
  });

  test('is not found in an input of known fields, nor among the keys of a record', () => {
    const input = {
      limit: 3,
      rules: [{ when: { action: 'ChangePlan', to: 'pro' } }],
      answers: { free: { text: 'x' } },
    };

    expect(unknownFields(schema, input)).toEqual([]);
    expect(unknownFields(schema, undefined)).toEqual([]);
  });
});

describe('an invalid input', () => {
  test.each([
    [
      { status: 'Subscribedd' },
      '"status" has a value that does not exist. Did you mean "Subscribed"? It must be one of: Subscribed, Suspended, Unsubscribed.',
    ],
    [{ limit: 'many' }, '"limit" must be a number, not text.'],
    [{ limit: 500 }, '"limit" must be at most 200.'],
    [{ limit: 1.5 }, '"limit" must be a whole number, not a number.'],
    [{ name: '' }, '"name" must not be empty.'],
    [{ name: 'too long' }, '"name" must be at most 5 characters long.'],
    [{ at: 'yesterday' }, '"at" must be a time such as 2026-01-31T12:00:00Z.'],
    [{ rules: [{ when: { action: 'ChangePlan' } }] }, '"rules[0].when.to" is missing.'],
    [{ rules: [1] }, '"rules[0]" must be an object, not a number.'],
    [{ many: ['a', 'b', 'c'] }, '"many" must have at most 2 items.'],
    [null, 'The input must be an object, not null.'],
  ])('is explained in sentences: %j', (input, message) => {
    expect(messageFor(input)).toContain(message);
  });

  test('with many problems names the first three', () => {
    const message = messageFor({ limit: 0, name: '', at: 'x', status: 'y', rules: 7 });

    expect(message).toContain('2 more problems are in issues.');
  });
});
