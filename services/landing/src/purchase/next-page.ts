import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { VisitorRelation } from '../db/schema.ts';

/** The page that a signed-in visitor sees for a purchase. */
export type NextPage =
  | 'refused'
  | 'confirm'
  | 'link'
  | 'manage'
  | 'progress'
  | 'suspended'
  | 'ended'
  | 'preparing';

/**
 * Chooses the page by Microsoft's status of the subscription. An unknown status shows the "being prepared" page.
 * A subscription that was activated without a landing visit has no customer yet, so the visitor links it. A declined purchase
 * shows the publisher's message, also after its end.
 *
 * Source: Managing the SaaS subscription life cycle (Microsoft Learn).
 */
export function nextPage(
  subscription: Pick<
    SubscriptionView,
    'status' | 'unrecognisedStatus' | 'activation' | 'approval' | 'provisioning' | 'claimedBy'
  >,
  relation: VisitorRelation,
): NextPage {
  if (relation === 'stranger') return 'refused';
  if (subscription.unrecognisedStatus !== undefined) return 'preparing';
  switch (subscription.status) {
    case 'PendingFulfillmentStart':
    case 'NotStarted':
      return isUnderway(subscription) ? 'progress' : 'confirm';
    case 'Subscribed':
      if (!subscription.claimedBy) return 'link';
      return isSpaceMissing(subscription) ? 'progress' : 'manage';
    case 'Suspended':
      return 'suspended';
    case 'Unsubscribed':
      return subscription.approval?.state === 'declined' ? 'progress' : 'ended';
    default:
      return 'preparing';
  }
}

/** Whether it waits for someone else than the buyer, or was declined. */
function isUnderway({ activation }: Pick<SubscriptionView, 'activation'>): boolean {
  const { state } = activation;
  return state !== 'none' && state !== 'failed' && state !== 'confirmed';
}

/** Microsoft has confirmed the activation, but the product has no space for the customer yet. */
function isSpaceMissing({ provisioning }: Pick<SubscriptionView, 'provisioning'>): boolean {
  return provisioning?.state === 'requested' || provisioning?.state === 'failed';
}
