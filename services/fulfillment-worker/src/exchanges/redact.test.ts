import { expect, test } from 'vitest';
import { redacted } from './redact.ts';

const clean = (body: unknown): unknown => {
  const text = redacted(body);
  return text === undefined ? undefined : JSON.parse(text);
};

test('names, addresses, object ids and tokens are removed at any depth, and facts stay', () => {
  const body = {
    id: 's-1',
    saasSubscriptionName: "Ada's workspace",
    quantity: 20,
    term: { startDate: '2026-11-01', endDate: null },
    beneficiary: { emailId: 'ada@fabrikam.example', objectId: 'o', tenantId: 't', puid: '1' },
    history: [{ note: 'by ada@fabrikam.example' }, { access_token: 'x' }],
    jwt: `eyJ${'a'.repeat(40)}.b.c`,
  };
  expect(clean(body)).toEqual({
    id: 's-1',
    saasSubscriptionName: '[removed]',
    quantity: 20,
    term: { startDate: '2026-11-01', endDate: null },
    beneficiary: {
      emailId: '[removed]',
      objectId: '[removed]',
      tenantId: 't',
      puid: '[removed]',
    },
    history: [{ note: '[removed]' }, { access_token: '[removed]' }],
    jwt: '[removed]',
  });
});

test('whatever Microsoft answers can be stored', () => {
  const odd = { text: `a\u0000b\uD800${'x'.repeat(1_000)}` };
  expect(redacted(odd)).not.toMatch(/\\u0000|\\ud800/i);
  expect(redacted(odd)!.length).toBeLessThan(600);
  expect(clean(Array.from({ length: 50_000 }, () => 1))).toMatchObject({ isTooLong: true });
  expect(redacted(undefined)).toBeUndefined();
});
