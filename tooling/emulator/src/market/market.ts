import type { Clock } from './clock.ts';
import type { Action, OperationRecord, State, SubscriptionRecord } from './state.ts';

/** The marketplace's records and clock, and a callback for changed records. */
export interface Market {
  readonly state: State;
  readonly clock: Clock;
  readonly changed: () => void;
}

/** Why the marketplace refuses a request. */
export interface Refusal {
  readonly refused:
    | 'unknown'
    | 'not-subscribed'
    | 'not-suspended'
    | 'ended'
    | 'locked'
    | 'not-allowed'
    | 'unknown-plan'
    | 'same-value'
    | 'not-per-seat'
    | 'seats-out-of-range'
    | 'not-sold'
    | 'invalid';
  readonly message: string;
}

export function refuse(refused: Refusal['refused'], message: string): Refusal {
  return { refused, message };
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}

export function findSubscription(market: Market, id: string): SubscriptionRecord | undefined {
  return market.state.subscriptions.get(id.toLowerCase());
}

/** Finds an operation of this subscription. */
export function findOperation(
  market: Market,
  subscriptionId: string,
  operationId: string,
): OperationRecord | undefined {
  const operation = market.state.operations.get(operationId.toLowerCase());
  return operation?.subscriptionId === subscriptionId.toLowerCase() ? operation : undefined;
}

/** Oldest first. */
export function operationsOf(market: Market, subscription: SubscriptionRecord): OperationRecord[] {
  return subscription.operationIds.flatMap((id) => market.state.operations.get(id) ?? []);
}

/** The operation that locks a subscription, if any. */
export function pendingOperation(
  market: Market,
  subscription: SubscriptionRecord,
): OperationRecord | undefined {
  return operationsOf(market, subscription).find((one) => one.status === 'InProgress');
}

/**
 * Whether the publisher decides on the operation, within ten seconds: ChangePlan and
 * ChangeQuantity.
 */
export function isChange(action: Action): boolean {
  return action === 'ChangePlan' || action === 'ChangeQuantity';
}
