import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyDecisionRequest } from '../src/decisions.ts';

const now = new Date('2026-11-20T10:00:00Z');
const timestamp = String(now.getTime() / 1000);
const key = Buffer.from('a secret of thirty-two bytes, ok');
const secrets = [`whsec_${key.toString('base64')}`];
const question = {
  id: 'decision:o1',
  type: 'decision.requested',
  version: 1,
  operationId: 'o1',
  subscription: {
    id: 's1',
    publisherId: 'contoso',
    offerId: 'teamdesk',
    planId: 'standard',
    quantity: 10,
    status: 'Subscribed',
    beneficiary: { tenantId: 't1', objectId: 'p1' },
  },
  change: { action: 'ChangeQuantity', quantity: 5 },
  answerBy: '2026-11-20T10:00:03.000Z',
};

function received(content: object, id = 'decision:o1') {
  const body = JSON.stringify(content);
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest}`,
  };
  return { headers, body, secrets, now };
}

test('a genuine decision request is returned', () => {
  expect(verifyDecisionRequest(received({ ...question, later: 'a field' }))).toEqual(question);
});

test('a decision request with a changed body is refused', () => {
  const { body, ...rest } = received(question);
  const forged = { ...rest, body: body.replace('"quantity":5', '"quantity":9') };
  expect(() => verifyDecisionRequest(forged)).toThrow(
    expect.objectContaining({ code: 'signature-mismatch' }),
  );
});

test.each([
  ['an event', { ...question, type: 'subscription.activated' }],
  ['a decision request under another id', { ...question, id: 'decision:o2' }],
  ['a newer kind of change', { ...question, change: { action: 'Transfer' } }],
])('%s is genuine but unknown', (_title, content) => {
  expect(() => verifyDecisionRequest(received(content))).toThrow(
    expect.objectContaining({ code: 'event-unknown' }),
  );
});
