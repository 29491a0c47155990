import { describe, expect, test } from 'vitest';
import { subscription } from '../test/given.ts';
import { refuseChange, type WantedChange } from './change.ts';

const seats = (quantity: number): WantedChange => ({ kind: 'ChangeQuantity', quantity });
const plan = (planId: string): WantedChange => ({ kind: 'ChangePlan', planId });
const end: WantedChange = { kind: 'Unsubscribe' };

describe('a requested change', () => {
  test.each([
    ['another plan', {}, plan('growth'), undefined],
    ['more seats', { quantity: 5 }, seats(6), undefined],
    ['the end', {}, end, undefined],
    ['the end while suspended', { status: 'Suspended' }, end, undefined],
    ['the end while pending', { status: 'PendingFulfillmentStart' }, end, undefined],
    ['the same plan', {}, plan('starter'), 'change.same-plan'],
    ['the same seats', { quantity: 5 }, seats(5), 'change.same-quantity'],
    ['seats of a flat-rate plan', {}, seats(5), 'change.not-per-seat'],
    ['no seats', { quantity: 5 }, seats(0), 'change.quantity-invalid'],
    ['negative seats', { quantity: 5 }, seats(-1), 'change.quantity-invalid'],
    ['half a seat', { quantity: 5 }, seats(1.5), 'change.quantity-invalid'],
    ['NaN seats', { quantity: 5 }, seats(Number.NaN), 'change.quantity-invalid'],
    ['too many seats', { quantity: 5 }, seats(1_000_001), 'change.quantity-invalid'],
    [
      'a plan while suspended',
      { status: 'Suspended' },
      plan('growth'),
      'subscription.not-subscribed',
    ],
    ['a plan after the end', { status: 'Unsubscribed' }, plan('growth'), 'subscription.ended'],
    ['the end after the end', { status: 'Unsubscribed' }, end, 'subscription.ended'],
    [
      'a partner-led plan',
      { allowedCustomerOperations: ['Read'] },
      plan('growth'),
      'subscription.read-only',
    ],
    ['a partner-led end', { allowedCustomerOperations: ['Read'] }, end, 'subscription.read-only'],
  ] as const)('to %s gets the expected refusal or none', (_what, over, wanted, refusal) => {
    expect(refuseChange(subscription(over), wanted, false)).toBe(refusal);
  });

  test('is refused while another one is pending', () => {
    const refusal = refuseChange(subscription(), plan('growth'), true);
    expect(refusal).toBe('subscription.change-pending');
  });
});
