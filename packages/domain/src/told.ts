import { knownAction, type KnownAction } from './operation.ts';
import { isPending, isTerminal, type Subscription } from './subscription.ts';

/** The change that a notification announces, with its target if known. */
export interface Told {
  readonly action: string;
  readonly planId?: string | undefined;
  readonly quantity?: number | undefined;
}

/** `unclear`: one reading cannot show it; only a comparison with earlier readings can. */
export type Effect = 'shown' | 'missing' | 'unclear';

/**
 * Whether a subscription's record shows an announced change. Microsoft's record may lag behind its own
 * operation, so `missing` means "read again", not "it did not happen". An ended subscription counts as
 * `shown`, because the end overtakes every earlier change.
 */
export function effectOf(announced: Told, record: Subscription): Effect {
  if (isTerminal(record)) return 'shown';
  switch (knownAction(announced.action)) {
    case 'Subscribe':
      return isPending(record) ? 'missing' : 'shown';
    case 'ChangePlan':
      return announced.planId === undefined
        ? 'unclear'
        : shownIf(announced.planId === record.planId);
    case 'ChangeQuantity':
      return announced.quantity === undefined
        ? 'unclear'
        : shownIf(announced.quantity === record.quantity);
    case 'Suspend':
      return shownIf(record.status === 'Suspended');
    case 'Reinstate':
      return shownIf(record.status === 'Subscribed');
    case 'Unsubscribe':
      return 'missing';
    default:
      return 'unclear';
  }
}

function shownIf(isShown: boolean): Effect {
  return isShown ? 'shown' : 'missing';
}

/**
 * The event that shows an action's effect, for a reading that came before the notification. A renewal
 * leaves no other trace, because a term does not say when it was renewed.
 */
export const effectEvents = {
  Subscribe: 'activated',
  ChangePlan: 'planChanged',
  ChangeQuantity: 'quantityChanged',
  Renew: 'renewed',
  Suspend: 'suspended',
  Reinstate: 'reinstated',
  Unsubscribe: 'unsubscribed',
} as const satisfies Readonly<Record<KnownAction, string>>;

/** Later actions that erase every trace of an earlier one. The effect of the earlier one is then no longer expected. */
export const overtakenBy: Readonly<Record<KnownAction, readonly KnownAction[]>> = {
  Subscribe: ['Suspend', 'Reinstate', 'Unsubscribe'],
  ChangePlan: ['ChangePlan', 'Unsubscribe'],
  ChangeQuantity: ['ChangeQuantity', 'Unsubscribe'],
  Renew: ['Renew', 'Unsubscribe'],
  Suspend: ['Suspend', 'Reinstate', 'Unsubscribe'],
  Reinstate: ['Suspend', 'Reinstate', 'Unsubscribe'],
  Unsubscribe: ['Unsubscribe'],
};
