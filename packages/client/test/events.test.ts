import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  ProductEventError,
  verifyProductEvent,
  type ProductEventErrorCode,
} from '../src/events.ts';

/** A test vector of the specification's own libraries, so that the test does not only compare our code with itself. */
const published = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const now = new Date('2026-11-20T10:00:00Z');
const timestamp = String(now.getTime() / 1000);
const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
const other = `whsec_${Buffer.from('another one of thirty-two bytes!').toString('base64')}`;
const body = JSON.stringify({
  id: 'e1',
  type: 'ping',
  version: 1,
  occurredAt: now.toISOString(),
  later: 'a field from later on',
});

function sign(text: string, with_ = secret, at = timestamp): string {
  const key = Buffer.from(with_.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`e1.${at}.${text}`).digest('base64')}`;
}

function headers(changes: Record<string, string | undefined> = {}) {
  return {
    'webhook-id': 'e1',
    'webhook-timestamp': timestamp,
    'webhook-signature': sign(body),
    ...changes,
  };
}

function codeOf(run: () => unknown): ProductEventErrorCode | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ProductEventError) return error.code;
    throw error;
  }
  return undefined;
}

describe('an event', () => {
  test('that is genuine is returned, without unknown fields', () => {
    const event = verifyProductEvent({ headers: headers(), body, secrets: [secret], now });
    expect(event).toEqual({ id: 'e1', type: 'ping', version: 1, occurredAt: now.toISOString() });
  });

  test('about usage is returned with its exact quantity', () => {
    const usage = {
      subscriptionId: 's1',
      publisherId: 'contoso',
      offerId: 'analytics',
      planId: 'growth',
      dimension: 'requests',
      hour: '2026-11-20T09:00:00Z',
      quantity: '0.10000000000000001',
      status: 'Expired',
      problem: 'expired',
    };
    const text = JSON.stringify({ ...JSON.parse(body), type: 'usage.writtenOff', usage });
    const received = { headers: headers({ 'webhook-signature': sign(text) }), body: text };
    const event = verifyProductEvent({ ...received, secrets: [secret], now });
    expect(event).toMatchObject({ type: 'usage.writtenOff', usage });
  });

  test('can be verified from bytes, and from the headers of fetch', () => {
    const received = { headers: new Headers(headers()), body: Buffer.from(body) };
    expect(verifyProductEvent({ ...received, secrets: [secret], now }).id).toBe('e1');
  });

  test('is genuine if any of its signatures matches any of the secrets', () => {
    const both = headers({ 'webhook-signature': `v1a,x ${sign(body, other)} ${sign(body)}` });
    for (const secrets of [[secret], [other], [other, secret]]) {
      expect(verifyProductEvent({ headers: both, body, secrets, now }).id).toBe('e1');
    }
  });

  test("fits the signature that the specification's libraries are tested with", () => {
    const vector = {
      headers: {
        'webhook-id': published.id,
        'webhook-timestamp': published.timestamp,
        'webhook-signature': published.signature,
      },
      now: new Date(Number(published.timestamp) * 1000),
      secrets: [published.secret],
    };
    // Not one of our events. A wrong signature would be reported first, so this one is right.
    expect(codeOf(() => verifyProductEvent({ ...vector, body: published.body }))).toBe(
      'event-unknown',
    );
    expect(codeOf(() => verifyProductEvent({ ...vector, body: `${published.body} ` }))).toBe(
      'signature-mismatch',
    );
  });

  test('may be at most five minutes old, or five minutes in the future', () => {
    const at = (ms: number) => new Date(now.getTime() + ms);
    const verify = (ms: number) => () =>
      verifyProductEvent({ headers: headers(), body, secrets: [secret], now: at(ms) });
    for (const ms of [-300_000, 300_000]) expect(codeOf(verify(ms))).toBeUndefined();
    for (const ms of [-300_001, 300_001]) {
      expect(codeOf(verify(ms))).toBe('timestamp-outside-tolerance');
    }
  });
});

test.each<[string, ProductEventErrorCode, Parameters<typeof verifyProductEvent>[0]]>([
  [
    'without an id',
    'headers-invalid',
    { headers: headers({ 'webhook-id': undefined }), body, secrets: [secret], now },
  ],
  [
    'with a time that is none',
    'headers-invalid',
    { headers: headers({ 'webhook-timestamp': '1e9' }), body, secrets: [secret], now },
  ],
  [
    'with another body',
    'signature-mismatch',
    { headers: headers(), body: `${body} `, secrets: [secret], now },
  ],
  [
    'with another id',
    'signature-mismatch',
    { headers: headers({ 'webhook-id': 'e2' }), body, secrets: [secret], now },
  ],
  ['by another secret', 'signature-mismatch', { headers: headers(), body, secrets: [other], now }],
  ['without a secret', 'signature-mismatch', { headers: headers(), body, secrets: [], now }],
  [
    'with a signature of another version',
    'signature-mismatch',
    {
      headers: headers({ 'webhook-signature': sign(body).replace('v1', 'v2') }),
      body,
      secrets: [secret],
      now,
    },
  ],
  [
    'with an empty signature',
    'signature-mismatch',
    { headers: headers({ 'webhook-signature': 'v1,' }), body, secrets: [secret], now },
  ],
  ['by an empty secret', 'secret-invalid', { headers: headers(), body, secrets: ['whsec_'], now }],
])('an event %s is refused as %s', (_what, code, received) => {
  expect(codeOf(() => verifyProductEvent(received))).toBe(code);
});

test('a genuine event of a newer kind has its own code', () => {
  const later = JSON.stringify({ ...JSON.parse(body), type: 'subscription.paused' });
  const received = { headers: headers({ 'webhook-signature': sign(later) }), body: later };
  expect(codeOf(() => verifyProductEvent({ ...received, secrets: [secret], now }))).toBe(
    'event-unknown',
  );
});
