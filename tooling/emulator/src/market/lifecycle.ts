import { GRACE_MS } from './constants.ts';
import { operationsOf, pendingOperation, refuse, type Market, type Refusal } from './market.ts';
import { notify } from './notifications.ts';
import { createOperation, settleOperation } from './operations.ts';
import { keepPast } from './record-lag.ts';
import type { Action, OperationRecord, SubscriptionRecord } from './state.ts';
import { nextTerm, startTerm, termDates } from './term.ts';

/** Accepts an Activate. A repetition while one is in progress changes nothing. */
export function requestActivation(market: Market, subscription: SubscriptionRecord): void {
  if (subscription.isActivating) return;
  subscription.isActivating = true;
  const at = market.clock.now() + market.state.settings.activationDelayMs;
  market.clock.schedule('completeActivation', subscription.id, at);
}

/** Completes an activation: the subscription is Subscribed, or ends with a notification. */
export function completeActivation(market: Market, subscription: SubscriptionRecord): void {
  if (subscription.status !== 'PendingFulfillmentStart') return;
  subscription.isActivating = false;
  if (!market.state.settings.activationFails) {
    beginSubscription(market, subscription);
    return;
  }
  endSubscription(market, subscription);
  announce(market, subscription, 'Unsubscribe');
}

/** Starts billing and the first term. */
export function beginSubscription(market: Market, subscription: SubscriptionRecord): void {
  const now = market.clock.now();
  keepPast(market, subscription);
  subscription.status = 'Subscribed';
  subscription.isActivating = false;
  startTerm(subscription.term, now, subscription.isFreeTrial);
  subscription.planHistory.push({ planId: subscription.planId, from: now });
  market.clock.cancel('voidPending', subscription.id);
  scheduleTermEnd(market, subscription);
  market.changed();
}

/** Ends the subscription for good. Operations in progress fail. */
export function endSubscription(market: Market, subscription: SubscriptionRecord): void {
  keepPast(market, subscription);
  subscription.status = 'Unsubscribed';
  subscription.isActivating = false;
  subscription.endedAt = market.clock.now();
  for (const kind of ['completeActivation', 'voidPending', 'endGrace', 'endTerm'] as const) {
    market.clock.cancel(kind, subscription.id);
  }
  for (const operation of operationsOf(market, subscription)) {
    settleOperation(market, operation, { outcome: 'Failed', by: 'marketplace' });
  }
  market.changed();
}

/** Cancels in the marketplace: immediately, even with an operation in progress. */
export function cancel(
  market: Market,
  subscription: SubscriptionRecord,
): OperationRecord | Refusal {
  if (subscription.status === 'Unsubscribed') return refuse('ended', 'It has ended already.');
  const isSilent =
    subscription.status === 'PendingFulfillmentStart' &&
    market.state.settings.oddities.pendingEndNotice === 'documented';
  endSubscription(market, subscription);
  if (!isSilent) return announce(market, subscription, 'Unsubscribe');
  return createOperation(market, subscription, {
    action: 'Unsubscribe',
    status: 'Succeeded',
    source: 'Azure',
  });
}

/** Suspends after a failed payment: immediately, for at most 30 days. */
export function suspend(
  market: Market,
  subscription: SubscriptionRecord,
): OperationRecord | Refusal {
  if (subscription.status !== 'Subscribed') {
    return refuse('not-subscribed', 'Only a subscribed subscription can be suspended.');
  }
  for (const operation of operationsOf(market, subscription)) {
    settleOperation(market, operation, { outcome: 'Failed', by: 'marketplace' });
  }
  keepPast(market, subscription);
  subscription.status = 'Suspended';
  market.clock.cancel('endTerm', subscription.id);
  market.clock.schedule('endGrace', subscription.id, market.clock.now() + GRACE_MS);
  return announce(market, subscription, 'Suspend');
}

/** Reinstates after the payment, once the publisher has acknowledged it. */
export function reinstate(
  market: Market,
  subscription: SubscriptionRecord,
): OperationRecord | Refusal {
  if (subscription.status !== 'Suspended') {
    return refuse('not-suspended', 'Only a suspended subscription can be reinstated.');
  }
  if (pendingOperation(market, subscription)) {
    return refuse('locked', 'The subscription is locked by a pending operation.');
  }
  const operation = createOperation(market, subscription, {
    action: 'Reinstate',
    status: 'InProgress',
    source: 'Azure',
  });
  notify(market, subscription, operation);
  return operation;
}

/** Starts the next term. A free trial becomes a paid term. */
export function renew(market: Market, subscription: SubscriptionRecord): OperationRecord | Refusal {
  if (subscription.status !== 'Subscribed') {
    return refuse('not-subscribed', 'Only a subscribed subscription can be renewed.');
  }
  keepPast(market, subscription);
  nextTerm(subscription.term);
  subscription.isFreeTrial = false;
  scheduleTermEnd(market, subscription);
  if (market.state.settings.oddities.renewalNotice === 'measured') {
    announce(market, subscription, 'Subscribe');
  }
  return announce(market, subscription, 'Renew');
}

/** Ends a term: renews the subscription, or ends it if the customer has switched off renewal. */
export function endTerm(market: Market, subscription: SubscriptionRecord): void {
  if (subscription.status !== 'Subscribed') return;
  if (subscription.autoRenew) renew(market, subscription);
  else cancel(market, subscription);
}

/** Voids a purchase that was not configured within 30 days. */
export function voidPending(market: Market, subscription: SubscriptionRecord): void {
  if (subscription.status === 'PendingFulfillmentStart') cancel(market, subscription);
}

/** Ends a subscription that was not paid within 30 days. */
export function endGrace(market: Market, subscription: SubscriptionRecord): void {
  if (subscription.status === 'Suspended') cancel(market, subscription);
}

/** Records something that has already happened as Succeeded, and notifies the publisher. */
export function announce(
  market: Market,
  subscription: SubscriptionRecord,
  action: Action,
): OperationRecord {
  const operation = createOperation(market, subscription, {
    action,
    status: 'Succeeded',
    source: 'Azure',
  });
  notify(market, subscription, operation);
  return operation;
}

function scheduleTermEnd(market: Market, subscription: SubscriptionRecord): void {
  const dates = termDates(subscription.term);
  if (dates) market.clock.schedule('endTerm', subscription.id, dates.renewal);
}
