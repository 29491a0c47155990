import { knownAction, type KnownAction } from './operation.ts';
import { isPending, isTerminal, type Subscription } from './subscription.ts';

/** What a notification says has happened, with its target where one is known. */
export interface Told {
  readonly action: string;
  readonly planId?: string | undefined;
  readonly quantity?: number | undefined;
}

/** `unclear`: one record alone cannot tell, only what has changed since. */
export type Effect = 'shown' | 'missing' | 'unclear';

/**
 * Whether a subscription's record shows what was told. A record may lag behind its own operation, so
 * `missing` means "look again" and not "it did not happen". Nothing is missing from a record that has
 * ended: the end overtakes everything that came before it.
 */
export function effectOf(told: Told, record: Subscription): Effect {
  if (isTerminal(record)) return 'shown';
  switch (knownAction(told.action)) {
    case 'Subscribe':
      return isPending(record) ? 'missing' : 'shown';
    case 'ChangePlan':
      return told.planId === undefined ? 'unclear' : shownIf(told.planId === record.planId);
    case 'ChangeQuantity':
      return told.quantity === undefined ? 'unclear' : shownIf(told.quantity === record.quantity);
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
 * The event by which a record shows an action, for readings that came before the notification. A renewal
 * has no other trace: a term does not say when it was renewed.
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

/** Later actions that leave no trace of an earlier one: what they overtake is not waited for. */
export const overtakenBy: Readonly<Record<KnownAction, readonly KnownAction[]>> = {
  Subscribe: ['Suspend', 'Reinstate', 'Unsubscribe'],
  ChangePlan: ['ChangePlan', 'Unsubscribe'],
  ChangeQuantity: ['ChangeQuantity', 'Unsubscribe'],
  Renew: ['Renew', 'Unsubscribe'],
  Suspend: ['Suspend', 'Reinstate', 'Unsubscribe'],
  Reinstate: ['Suspend', 'Reinstate', 'Unsubscribe'],
  Unsubscribe: ['Unsubscribe'],
};
