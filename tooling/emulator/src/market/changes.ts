import { isVisibleTo } from './catalogue.ts';
import { SEATS_MAX } from './constants.ts';
import { endSubscription } from './lifecycle.ts';
import { pendingOperation, refuse, type Market, type Refusal } from './market.ts';
import { notify } from './notifications.ts';
import { createOperation, settleOperation } from './operations.ts';
import { findPlan } from './published-plans.ts';
import type { OperationRecord, SubscriptionRecord } from './state.ts';

/** Either a plan or a quantity, never both. */
export type Change = { readonly planId: string } | { readonly quantity: number };

/** Why a change is not possible; undefined if it is. A change to the same value is also refused. */
export function checkChange(
  market: Market,
  subscription: SubscriptionRecord,
  change: Change,
): Refusal | undefined {
  if (subscription.status !== 'Subscribed') {
    return refuse('not-subscribed', 'Subscription is not active.');
  }
  if (pendingOperation(market, subscription)) {
    return refuse('locked', 'The subscription is locked by a pending operation.');
  }
  return 'planId' in change
    ? checkPlan(market, subscription, change.planId)
    : checkQuantity(market, subscription, change.quantity);
}

function checkPlan(
  market: Market,
  subscription: SubscriptionRecord,
  planId: string,
): Refusal | undefined {
  if (planId === subscription.planId) {
    return refuse('same-value', 'The requested plan is the current plan.');
  }
  const target = findPlan(market.state, subscription.offerId, planId);
  if (
    target === undefined ||
    target.stopSell ||
    !isVisibleTo(target, subscription.beneficiary.tenantId)
  ) {
    return refuse('unknown-plan', 'Request Plan is NOT in Catalog.');
  }
  const { quantity } = subscription;
  if (quantity !== null && target.seats !== undefined && !isWithin(quantity, target.seats)) {
    return refuse('seats-out-of-range', 'The current quantity is outside the requested plan.');
  }
  return undefined;
}

function checkQuantity(
  market: Market,
  subscription: SubscriptionRecord,
  quantity: number,
): Refusal | undefined {
  const seats = findPlan(market.state, subscription.offerId, subscription.planId)?.seats;
  if (seats === undefined || subscription.quantity === null) {
    return refuse('not-per-seat', 'The current plan is not sold per seat.');
  }
  if (!Number.isSafeInteger(quantity) || quantity > SEATS_MAX || !isWithin(quantity, seats)) {
    return refuse(
      'seats-out-of-range',
      `The quantity must be between ${seats.min} and ${seats.max}.`,
    );
  }
  if (quantity === subscription.quantity) {
    return refuse('same-value', 'The requested quantity is the current quantity.');
  }
  return undefined;
}

function isWithin(
  quantity: number,
  seats: { readonly min: number; readonly max: number },
): boolean {
  return quantity >= seats.min && quantity <= seats.max;
}

/**
 * A change that the customer or seller requests in the marketplace. The publisher is notified and
 * decides. A request for the current value ends in Conflict without a notification.
 */
export function startCustomerChange(
  market: Market,
  subscription: SubscriptionRecord,
  change: Change,
): OperationRecord | Refusal {
  const refusal = checkChange(market, subscription, change);
  if (refusal && refusal.refused !== 'same-value') return refusal;
  const operation = createOperation(market, subscription, {
    ...describe(change),
    status: refusal ? 'Conflict' : 'InProgress',
    source: 'Azure',
  });
  if (!refusal) notify(market, subscription, operation);
  return operation;
}

/** A change that the publisher requests through the API. It is processed a moment later. */
export function startPartnerChange(
  market: Market,
  subscription: SubscriptionRecord,
  change: Change,
): OperationRecord {
  return startPartnerOperation(market, subscription, describe(change));
}

/** The publisher's cancellation. It is processed a moment later. */
export function startPartnerCancel(
  market: Market,
  subscription: SubscriptionRecord,
): OperationRecord {
  return startPartnerOperation(market, subscription, { action: 'Unsubscribe' });
}

/**
 * Processes the publisher's request: a cancellation takes effect; a change asks the publisher for
 * its answer.
 */
export function processPartnerOperation(market: Market, operation: OperationRecord): void {
  const subscription = market.state.subscriptions.get(operation.subscriptionId);
  if (operation.status !== 'InProgress' || subscription === undefined) return;
  if (operation.action === 'Unsubscribe') {
    settleOperation(market, operation, { outcome: 'Succeeded', by: 'marketplace' });
    const isWithoutEffect =
      subscription.status === 'PendingFulfillmentStart' &&
      market.state.settings.oddities.pendingCancel === 'measured';
    if (isWithoutEffect) return;
    endSubscription(market, subscription);
    notify(market, subscription, operation);
  } else if (market.state.settings.oddities.partnerWebhook === 'measured') {
    settleOperation(market, operation, { outcome: 'Succeeded', by: 'marketplace' });
  } else {
    notify(market, subscription, operation);
  }
}

function startPartnerOperation(
  market: Market,
  subscription: SubscriptionRecord,
  what: ReturnType<typeof describe> | { readonly action: 'Unsubscribe' },
): OperationRecord {
  const operation = createOperation(market, subscription, {
    ...what,
    status: 'InProgress',
    source: 'Partner',
  });
  const at = market.clock.now() + market.state.settings.partnerDelayMs;
  market.clock.schedule('processPartner', operation.id, at);
  return operation;
}

function describe(
  change: Change,
):
  | { readonly action: 'ChangePlan'; readonly planId: string }
  | { readonly action: 'ChangeQuantity'; readonly quantity: number } {
  return 'planId' in change
    ? { action: 'ChangePlan', planId: change.planId }
    : { action: 'ChangeQuantity', quantity: change.quantity };
}
