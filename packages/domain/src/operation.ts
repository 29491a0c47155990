/** Microsoft's words for what an operation does; an open set, these are the ones we act upon. */
export const knownActions = [
  'Subscribe',
  'ChangePlan',
  'ChangeQuantity',
  'Renew',
  'Suspend',
  'Reinstate',
  'Unsubscribe',
] as const;

export type KnownAction = (typeof knownActions)[number];

/**
 * Microsoft waits ten seconds for an answer to a plan or seat change and then takes silence as a yes.
 * We answer two seconds before that, which leaves room for the network both ways.
 *
 * Source: Implementing a webhook on the SaaS service (Microsoft Learn).
 */
export const DECISION_WINDOW_MS = 10_000;
export const DECISION_BUDGET_MS = 8_000;

/** Case differs between Microsoft's pages; an action we do not know comes back undefined. */
export function knownAction(action: string): KnownAction | undefined {
  const wanted = action.trim().toLowerCase();
  return knownActions.find((known) => known.toLowerCase() === wanted);
}

/** The two actions that Microsoft lets the publisher refuse. */
export function needsDecision(action: string): boolean {
  const known = knownAction(action);
  return known === 'ChangePlan' || known === 'ChangeQuantity';
}

/** Actions whose operation stays in progress until it is answered by PATCH. */
export function needsAnswer(action: string): boolean {
  return needsDecision(action) || knownAction(action) === 'Reinstate';
}

/** An operation as Microsoft has it, in the fields that corroborate a notification. */
export interface Operation {
  readonly id: string;
  readonly subscriptionId: string;
  readonly action: string;
  readonly planId?: string | undefined;
  readonly quantity: number | null;
}

/**
 * The second check of a notification: does Microsoft have this operation, for this subscription, with
 * this action? Returns what disagrees; undefined means that it may be acted upon. Plan and quantity
 * are not compared: they are taken from the operation and never from the notification.
 */
export function contradiction(
  notification: {
    readonly operationId: string;
    readonly subscriptionId: string;
    readonly action: string;
  },
  operation: Operation,
): 'operation' | 'subscription' | 'action' | undefined {
  const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
  if (!same(notification.operationId, operation.id)) return 'operation';
  if (!same(notification.subscriptionId, operation.subscriptionId)) return 'subscription';
  return same(notification.action, operation.action) ? undefined : 'action';
}
