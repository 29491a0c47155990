import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { VisitorRelation } from '../db/schema.ts';

/** Which page a signed-in visitor sees for a purchase. */
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
 * Follows Microsoft's status of the subscription; a status that we do not know is being prepared. A
 * subscription that was activated without a landing visit has no customer yet and is linked to one.
 *
 * Source: Managing the SaaS subscription life cycle (Microsoft Learn).
 */
export function nextPage(
  subscription: Pick<
    SubscriptionView,
    'status' | 'unrecognisedStatus' | 'activation' | 'provisioning' | 'claimedBy'
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
      return 'ended';
    default:
      return 'preparing';
  }
}

function isUnderway({ activation }: Pick<SubscriptionView, 'activation'>): boolean {
  const { state } = activation;
  return state === 'provisioning' || state === 'requested' || state === 'confirming';
}

/** Microsoft has confirmed, and there is nothing to open yet. */
function isSpaceMissing({ provisioning }: Pick<SubscriptionView, 'provisioning'>): boolean {
  return provisioning?.state === 'requested' || provisioning?.state === 'failed';
}
