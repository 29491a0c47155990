import { isTerminal } from './subscription.ts';

/**
 * Who asks for a change: the customer on our manage page, the publisher by an API key or a rule, or the
 * customer in Microsoft's marketplace. The publisher's rules judge both kinds of customers' changes.
 */
export const changeOrigins = ['customer', 'publisher', 'marketplace'] as const;
export type ChangeOrigin = (typeof changeOrigins)[number];

/** A change that we ask Microsoft for, with the customer's approval. */
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

/** What decides whether a subscription can be changed; `status` as anybody's record has it. */
export interface Changeable {
  readonly status: string;
  readonly planId: string;
  readonly quantity: number | null;
  readonly allowedCustomerOperations: readonly string[];
}

/** Microsoft's own bound on seats; a plan's own bounds are checked by Microsoft. */
export const MAX_SEATS = 1_000_000;

/**
 * Whether a change may be sent to Microsoft at all; undefined means yes. What we can know is refused
 * here, so that the customer reads a reason and no call is wasted; the rest is Microsoft's to say.
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
