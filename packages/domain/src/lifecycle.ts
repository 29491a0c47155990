import type { SubscriptionEvent } from './events.ts';
import type { SubscriptionStatus } from './subscription.ts';

type Step = 'same' | 'activated' | 'suspended' | 'reinstated' | 'unsubscribed' | 'contradiction';

/**
 * What happened if Microsoft's status moved from one value to another between two readings. Readings may
 * skip states, so the first reading of a purchase may show Suspended. Moves out of Unsubscribed and back
 * to pending are impossible; they are recorded as contradictions and change nothing.
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

/** The events of a move between two statuses; empty if nothing happened. */
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
