import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { refuseChange, type ChangeRejection, type WantedChange } from '@landfall/domain/change';

/** What a customer may do on the manage page, and the change that it asks for. */
export type Act = 'plan' | 'seats' | 'cancel';

/**
 * Why an act cannot be done now, as a code that the pages say in words; undefined: it can. The answer
 * is the domain's: the same that a request would get.
 */
export function obstacleTo(
  act: Act,
  subscription: Pick<
    SubscriptionView,
    'status' | 'planId' | 'quantity' | 'allowedCustomerOperations' | 'pendingChange'
  >,
): ChangeRejection | undefined {
  const hasPending = subscription.pendingChange !== undefined;
  return refuseChange(subscription, anyChange(act, subscription.quantity), hasPending);
}

/** A change of the kind that differs from what is in force. */
function anyChange(act: Act, quantity: number | null): WantedChange {
  switch (act) {
    case 'plan':
      return { kind: 'ChangePlan', planId: '' };
    case 'seats':
      return { kind: 'ChangeQuantity', quantity: quantity === 1 ? 2 : 1 };
    default:
      return { kind: 'Unsubscribe' };
  }
}
