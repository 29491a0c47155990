/** The actions of operations that Landfall acts on. Microsoft's set is open. */
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
 * Microsoft waits ten seconds for the answer to a plan or seat change, and then treats silence as a yes.
 * The budget is two seconds shorter, which leaves room for the network in both directions.
 *
 * Source: Implementing a webhook on the SaaS service (Microsoft Learn).
 */
export const DECISION_WINDOW_MS = 10_000;
export const DECISION_BUDGET_MS = 8_000;

/** The known spelling of an action; undefined for an unknown one. Case differs between Microsoft's pages. */
export function knownAction(action: string): KnownAction | undefined {
  const wanted = action.trim().toLowerCase();
  return knownActions.find((known) => known.toLowerCase() === wanted);
}

/** Whether Microsoft lets the publisher refuse this action. */
export function needsDecision(action: string): boolean {
  const known = knownAction(action);
  return known === 'ChangePlan' || known === 'ChangeQuantity';
}

/** Whether the action's operation stays in progress until it is answered with PATCH. */
export function needsAnswer(action: string): boolean {
  return needsDecision(action) || knownAction(action) === 'Reinstate';
}

/** The fields of Microsoft's operation that confirm a notification. */
export interface Operation {
  readonly id: string;
  readonly subscriptionId: string;
  readonly action: string;
  readonly planId?: string | undefined;
  readonly quantity: number | null;
}

/**
 * The second check of a notification: does Microsoft have this operation, for this subscription, with this
 * action? Returns the field that differs; undefined if the notification may be acted on. Plan and quantity
 * are not compared, because they are always taken from the operation.
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
