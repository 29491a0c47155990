import { describe, expect, test } from 'vitest';
import { statusEvents, transitions } from './lifecycle.ts';
import { subscriptionStatuses } from './subscription.ts';

const moves = [
  ['NotStarted', 'NotStarted', ''],
  ['NotStarted', 'PendingFulfillmentStart', ''],
  ['NotStarted', 'Subscribed', 'activated'],
  ['NotStarted', 'Suspended', 'activated suspended'],
  ['NotStarted', 'Unsubscribed', 'unsubscribed'],
  ['PendingFulfillmentStart', 'NotStarted', ''],
  ['PendingFulfillmentStart', 'PendingFulfillmentStart', ''],
  ['PendingFulfillmentStart', 'Subscribed', 'activated'],
  ['PendingFulfillmentStart', 'Suspended', 'activated suspended'],
  ['PendingFulfillmentStart', 'Unsubscribed', 'unsubscribed'],
  ['Subscribed', 'NotStarted', 'contradictionSeen'],
  ['Subscribed', 'PendingFulfillmentStart', 'contradictionSeen'],
  ['Subscribed', 'Subscribed', ''],
  ['Subscribed', 'Suspended', 'suspended'],
  ['Subscribed', 'Unsubscribed', 'unsubscribed'],
  ['Suspended', 'NotStarted', 'contradictionSeen'],
  ['Suspended', 'PendingFulfillmentStart', 'contradictionSeen'],
  ['Suspended', 'Subscribed', 'reinstated'],
  ['Suspended', 'Suspended', ''],
  ['Suspended', 'Unsubscribed', 'unsubscribed'],
  ['Unsubscribed', 'NotStarted', 'contradictionSeen'],
  ['Unsubscribed', 'PendingFulfillmentStart', 'contradictionSeen'],
  ['Unsubscribed', 'Subscribed', 'contradictionSeen'],
  ['Unsubscribed', 'Suspended', 'contradictionSeen'],
  ['Unsubscribed', 'Unsubscribed', ''],
] as const;

describe('a status move between two readings', () => {
  test.each(moves)('%s → %s gives: %s', (from, to, expected) => {
    const types = statusEvents(from, to).map((event) => event.type);
    expect(types.join(' ')).toBe(expected);
  });

  test('the cases above cover every pair of statuses', () => {
    const pairs = subscriptionStatuses.flatMap((from) => Object.keys(transitions[from]));
    expect(pairs).toHaveLength(moves.length);
  });
});
