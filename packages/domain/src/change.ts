import { isTerminal } from './subscription.ts';

/**
 * Who requests a change: the customer on the manage page, the publisher through an API key or a rule, or
 * the customer in Microsoft's marketplace. The publisher's rules apply to both kinds of customer changes.
 */
export const changeOrigins = ['customer', 'publisher', 'marketplace'] as const;
export type ChangeOrigin = (typeof changeOrigins)[number];

/** A change to request from Microsoft, with the customer's approval. */
export type WantedChange =
  | { readonly kind: 'ChangePlan'; readonly planId: string }
  | { readonly kind: 'ChangeQuantity'; readonly quantity: number }
  | { readonly kind: 'Unsubscribe' };

export type ChangeRejection =
  | 'subscription.ended'
  | 'subscription.not-subscribed'
  | 'subscription.read-only'
  | 'subscription.change-pending'
  | 'change.same-plan'
  | 'change.same-quantity'
  | 'change.not-per-seat'
  | 'change.quantity-invalid';

/** The fields that decide whether a subscription can be changed, from Microsoft's record or ours. */
export interface Changeable {
  readonly status: string;
  readonly planId: string;
  readonly quantity: number | null;
  readonly allowedCustomerOperations: readonly string[];
}

/** Microsoft's limit on seats. Microsoft also checks the limits of each plan. */
export const MAX_SEATS = 1_000_000;

/**
 * Why a change must not be sent to Microsoft; undefined if it may. Refusing here gives the customer a reason
 * and saves a call. Microsoft decides everything that cannot be known here.
 */
export function refuseChange(
  subscription: Changeable,
  wanted: WantedChange,
  hasPendingChange: boolean,
): ChangeRejection | undefined {
  if (isTerminal(subscription)) return 'subscription.ended';
  const right = wanted.kind === 'Unsubscribe' ? 'Delete' : 'Update';
  if (!subscription.allowedCustomerOperations.includes(right)) return 'subscription.read-only';
  if (wanted.kind !== 'Unsubscribe' && subscription.status !== 'Subscribed') {
    return 'subscription.not-subscribed';
  }
  if (hasPendingChange) return 'subscription.change-pending';
  if (wanted.kind === 'ChangePlan' && wanted.planId === subscription.planId) {
    return 'change.same-plan';
  }
  return wanted.kind === 'ChangeQuantity'
    ? refuseQuantity(subscription, wanted.quantity)
    : undefined;
}

function refuseQuantity(subscription: Changeable, quantity: number): ChangeRejection | undefined {
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > MAX_SEATS) {
    return 'change.quantity-invalid';
  }
  if (subscription.quantity === null) return 'change.not-per-seat';
  return quantity === subscription.quantity ? 'change.same-quantity' : undefined;
}
