import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { refuseChange, type ChangeRejection, type WantedChange } from '@landfall/domain/change';

/** What a customer can do on the manage page. */
export type Act = 'plan' | 'seats' | 'cancel';

/**
 * Why an act is not possible now, as a code for which the pages have a text. Undefined if it is possible. The
 * domain decides, so a request would get the same answer.
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

/** Some change of this kind that differs from the current state. */
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
