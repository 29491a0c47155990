import { describe, expect, test } from 'vitest';
import { decimal, readDecimal } from './decimal.ts';
import {
  CLOCK_SKEW_MS,
  hourEnd,
  hourOf,
  refuseUsage,
  USAGE_WINDOW_MS,
  type MeteredSubscription,
} from './usage.ts';

const now = new Date('2026-01-20T12:30:00Z');
const active: MeteredSubscription = {
  planId: 'starter',
  status: 'Subscribed',
  termStart: new Date('2026-01-06T10:00:00Z'),
};
const ago = (ms: number) => new Date(now.getTime() - ms);
const justNow = ago(1000);

const one = decimal('1');

describe('a quantity', () => {
  test.each<[unknown, string | undefined]>([
    [Number.NaN, 'quantity-invalid'],
    [Number.POSITIVE_INFINITY, 'quantity-invalid'],
    [Number.NEGATIVE_INFINITY, 'quantity-invalid'],
    [0, 'quantity-invalid'],
    [-0, 'quantity-invalid'],
    ['0.000000000000', 'quantity-invalid'],
    [-1, 'quantity-invalid'],
    ['-1', 'quantity-invalid'],
    [1e308, 'quantity-invalid'],
    ['1e3', 'quantity-invalid'],
    [' 1', 'quantity-invalid'],
    ['', 'quantity-invalid'],
    [null, 'quantity-invalid'],
    ['10000000000000', 'quantity-invalid'],
    ['9999999999999', undefined],
    ['0.0000000000001', 'quantity-invalid'],
    ['0.000000000001', undefined],
    [1e-12, undefined],
    [0.001, undefined],
    [5, undefined],
  ])('of %j is answered with %s', (given, refusal) => {
    const quantity = readDecimal(given);
    expect(refuseUsage({ quantity, occurredAt: justNow }, active, now)).toBe(refusal);
  });
});

describe('a time', () => {
  test('bounds are a day back and five minutes ahead', () => {
    expect(USAGE_WINDOW_MS).toBe(86_400_000);
    expect(CLOCK_SKEW_MS).toBe(300_000);
  });

  test.each([
    ['now', 0, undefined],
    ['a day ago', 86_400_000, undefined],
    ['a day and a millisecond ago', 86_400_001, 'too-old'],
    ['five minutes ahead', -300_000, undefined],
    ['more than five minutes ahead', -300_001, 'in-future'],
    ['an invalid date', Number.NaN, 'too-old'],
  ])('of %s gets the expected refusal or none', (_what, ms, refusal) => {
    expect(refuseUsage({ quantity: one, occurredAt: ago(ms) }, active, now)).toBe(refusal);
  });
});

describe('a subscription', () => {
  const endedAt = new Date('2026-01-20T10:20:00Z');
  const ended = { ...active, status: 'Unsubscribed', endedAt };
  const activeSince = new Date('2026-01-20T09:40:00Z');
  const beforeActive = new Date('2026-01-20T09:00:00Z');
  const ahead = { ...active, activeSince, termStart: new Date('2026-01-22T00:00:00Z') };
  const purchasedAt = new Date('2026-01-20T09:20:00Z');
  const bought = {
    ...active,
    activeSince,
    purchasedAt,
    termStart: new Date('2026-01-20T00:00:00Z'),
  };
  const odd = { ...bought, purchasedAt: new Date('2026-01-21T00:00:00Z') };
  const unseen = { planId: active.planId, status: 'Unsubscribed', endedAt };
  const started = { ...active, termStart: new Date('2026-01-20T10:00:00Z') };

  test.each([
    ['that is unknown', undefined, justNow, 'subscription-unknown'],
    [
      'that is pending',
      { ...active, status: 'PendingFulfillmentStart' },
      justNow,
      'not-active-then',
    ],
    ['that has not started', { ...active, status: 'NotStarted' }, justNow, 'not-active-then'],
    ['that is suspended (held)', { ...active, status: 'Suspended' }, justNow, undefined],
    ['that ended, before the end', ended, new Date('2026-01-20T10:19:59Z'), undefined],
    ['that ended, at the end', ended, endedAt, undefined],
    ['that ended, after the end', ended, new Date('2026-01-20T10:20:01Z'), 'not-active-then'],
    [
      'that ended at an unknown time',
      { ...active, status: 'Unsubscribed' },
      justNow,
      'not-active-then',
    ],
    ['on its first day', started, new Date('2026-01-20T09:00:00Z'), undefined],
    ['with a start in the future, after it was seen active', ahead, justNow, undefined],
    [
      'with a start in the future, before it was seen active',
      ahead,
      beforeActive,
      'not-active-then',
    ],
    ['on the day of its purchase, before the purchase', bought, beforeActive, 'not-active-then'],
    [
      'after its purchase, before it was seen active',
      bought,
      new Date('2026-01-20T09:30:00Z'),
      undefined,
    ],
    ['with a purchase date after its activation', odd, beforeActive, undefined],
    ['without a term, after its purchase', { ...bought, termStart: undefined }, justNow, undefined],
    [
      'that ended and was never seen active',
      unseen,
      new Date('2026-01-20T10:10:00Z'),
      'not-active-then',
    ],
    ['before its first day', started, new Date('2026-01-19T23:59:59Z'), 'not-active-then'],
  ])(
    '%s: its usage gets the expected refusal or none',
    (_what, subscription, occurredAt, refusal) => {
      expect(refuseUsage({ quantity: one, occurredAt }, subscription, now)).toBe(refusal);
    },
  );
});

describe('an hour', () => {
  test.each([
    ['2026-01-20T10:00:00.000Z', '2026-01-20T10:00:00.000Z'],
    ['2026-01-20T10:59:59.999Z', '2026-01-20T10:00:00.000Z'],
    ['2026-01-20T11:00:00.000Z', '2026-01-20T11:00:00.000Z'],
    ['2026-01-20T10:15:00+05:30', '2026-01-20T04:00:00.000Z'],
    ['2026-10-25T03:30:00+02:00', '2026-10-25T01:00:00.000Z'],
  ])('of %s starts at %s', (at, hour) => {
    expect(hourOf(new Date(at)).toISOString()).toBe(hour);
  });

  test('ends sixty minutes later', () => {
    const end = hourEnd(new Date('2026-01-20T23:00:00Z'));
    expect(end.toISOString()).toBe('2026-01-21T00:00:00.000Z');
  });
});
