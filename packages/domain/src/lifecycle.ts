import type { SubscriptionEvent } from './events.ts';
import type { SubscriptionStatus } from './subscription.ts';

type Step = 'same' | 'activated' | 'suspended' | 'reinstated' | 'unsubscribed' | 'contradiction';

/**
 * What it means that Microsoft's record moved from one status to another between two readings.
 * Readings may skip states, so a purchase may be read as Suspended at once. Two moves cannot happen:
 * out of Unsubscribed, and back to pending; they are recorded and change nothing.
 *
 * Source: Managing the SaaS subscription life cycle (Microsoft Learn), states and transitions.
 */
export const transitions: Record<
  SubscriptionStatus,
  Record<SubscriptionStatus, readonly Step[]>
> = {
  NotStarted: {
    NotStarted: ['same'],
    PendingFulfillmentStart: ['same'],
    Subscribed: ['activated'],
    Suspended: ['activated', 'suspended'],
    Unsubscribed: ['unsubscribed'],
  },
  PendingFulfillmentStart: {
    NotStarted: ['same'],
    PendingFulfillmentStart: ['same'],
    Subscribed: ['activated'],
    Suspended: ['activated', 'suspended'],
    Unsubscribed: ['unsubscribed'],
  },
  Subscribed: {
    NotStarted: ['contradiction'],
    PendingFulfillmentStart: ['contradiction'],
    Subscribed: ['same'],
    Suspended: ['suspended'],
    Unsubscribed: ['unsubscribed'],
  },
  Suspended: {
    NotStarted: ['contradiction'],
    PendingFulfillmentStart: ['contradiction'],
    Subscribed: ['reinstated'],
    Suspended: ['same'],
    Unsubscribed: ['unsubscribed'],
  },
  Unsubscribed: {
    NotStarted: ['contradiction'],
    PendingFulfillmentStart: ['contradiction'],
    Subscribed: ['contradiction'],
    Suspended: ['contradiction'],
    Unsubscribed: ['same'],
  },
};

export function statusEvents(
  from: SubscriptionStatus,
  to: SubscriptionStatus,
): SubscriptionEvent[] {
  return transitions[from][to].flatMap((step): SubscriptionEvent[] => {
    if (step === 'same') return [];
    if (step === 'contradiction') return [{ type: 'contradictionSeen', from, to }];
    return [{ type: step }];
  });
}
