import { randomUUID } from 'node:crypto';
import type { Plan } from './catalogue.ts';
import { findPlan } from './published-plans.ts';
import { isChange, type Market } from './market.ts';
import { notify } from './notifications.ts';
import { keepPast } from './record-lag.ts';
import type {
  Action,
  OperationRecord,
  OperationStatus,
  SettledBy,
  SubscriptionRecord,
} from './state.ts';
import { startTerm, termDates } from './term.ts';

interface OperationInput {
  readonly action: Action;
  readonly status: OperationStatus;
  readonly source: OperationRecord['source'];
  readonly planId?: string | undefined;
  readonly quantity?: number | undefined;
  readonly isRevert?: boolean;
}

/** Records an operation. The caller decides whether and when the publisher is notified. */
export function createOperation(
  market: Market,
  subscription: SubscriptionRecord,
  input: OperationInput,
): OperationRecord {
  const now = market.clock.now();
  const operation: OperationRecord = {
    id: randomUUID(),
    activityId: randomUUID(),
    subscriptionId: subscription.id,
    action: input.action,
    status: input.status,
    planId: input.planId ?? subscription.planId,
    quantity: input.quantity ?? subscription.quantity,
    source: input.source,
    createdAt: now,
    endedAt: input.status === 'InProgress' ? null : now,
    isRevert: input.isRevert ?? false,
    before: { planId: subscription.planId, quantity: subscription.quantity },
    settledBy: input.status === 'InProgress' ? null : 'marketplace',
  };
  market.state.operations.set(operation.id, operation);
  subscription.operationIds.push(operation.id);
  market.changed();
  return operation;
}

/**
 * Ends an operation in progress, and applies it if it succeeds.
 * @returns false if it had already ended; nothing changes then
 */
export function settleOperation(
  market: Market,
  operation: OperationRecord,
  { outcome, by }: { readonly outcome: 'Succeeded' | 'Failed'; readonly by: SettledBy },
): boolean {
  if (operation.status !== 'InProgress') return false;
  market.clock.cancel('autoAccept', operation.id);
  const subscription = market.state.subscriptions.get(operation.subscriptionId);
  const isApplied =
    outcome === 'Succeeded' && subscription !== undefined && apply(market, subscription, operation);
  operation.status = isApplied ? 'Succeeded' : 'Failed';
  operation.endedAt = market.clock.now();
  operation.settledBy = outcome === 'Succeeded' && !isApplied ? 'marketplace' : by;
  market.changed();
  if (!isApplied && subscription !== undefined) followRefusal(market, subscription, operation);
  return true;
}

/** Starts the publisher's time to decide, at the first attempt to deliver the notification. */
export function openDecisionWindow(market: Market, operation: OperationRecord): void {
  if (operation.status !== 'InProgress' || !isChange(operation.action)) return;
  const { oddities, autoAcceptMs } = market.state.settings;
  if (oddities.unansweredChange === 'measured') return;
  market.clock.schedule('autoAccept', operation.id, market.clock.now() + autoAcceptMs);
}

/** Applies the webhook's HTTP answer to its operation. */
export function answerOperation(
  market: Market,
  operation: OperationRecord,
  answer: 'accepted' | 'rejected' | 'exhausted',
): void {
  if (operation.status !== 'InProgress') return;
  if (answer !== 'accepted') {
    const by = answer === 'exhausted' ? 'webhook-unreachable' : 'webhook-status';
    settleOperation(market, operation, { outcome: 'Failed', by });
    return;
  }
  const { oddities, autoAcceptMs } = market.state.settings;
  const autoAcceptAt = market.clock.now() + autoAcceptMs;
  if (operation.action === 'Reinstate') {
    if (oddities.reinstateNeedsAnswer === 'documented') {
      settleOperation(market, operation, { outcome: 'Succeeded', by: 'marketplace' });
    } else {
      market.clock.schedule('autoAccept', operation.id, autoAcceptAt);
    }
  } else if (isChange(operation.action) && oddities.unansweredChange === 'measured') {
    market.clock.schedule('autoAccept', operation.id, autoAcceptAt);
  }
}

function apply(
  market: Market,
  subscription: SubscriptionRecord,
  operation: OperationRecord,
): boolean {
  keepPast(market, subscription);
  switch (operation.action) {
    case 'ChangePlan': {
      if (subscription.status !== 'Subscribed') return false;
      subscription.planId = operation.planId;
      subscription.planHistory.push({ planId: operation.planId, from: market.clock.now() });
      const target = findPlan(market.state, subscription.offerId, operation.planId);
      // A free trial continues in another plan with a trial, and ends in any other plan.
      subscription.isFreeTrial &&= target?.freeTrial ?? false;
      changeTerm(market, subscription, target);
      return true;
    }
    case 'ChangeQuantity':
      if (subscription.status !== 'Subscribed') return false;
      subscription.quantity = operation.quantity;
      return true;
    case 'Reinstate': {
      if (subscription.status !== 'Suspended') return false;
      subscription.status = 'Subscribed';
      market.clock.cancel('endGrace', subscription.id);
      const dates = termDates(subscription.term);
      if (dates) {
        const at = Math.max(dates.renewal, market.clock.now());
        market.clock.schedule('endTerm', subscription.id, at);
      }
      return true;
    }
    default:
      return true;
  }
}

/** A plan that is not sold for the current term starts a new term today. */
function changeTerm(market: Market, subscription: SubscriptionRecord, target?: Plan): void {
  const [first] = target?.terms ?? [];
  if (!first || target?.terms.some((term) => term.termUnit === subscription.term.unit)) return;
  subscription.term.unit = first.termUnit;
  startTerm(subscription.term, market.clock.now(), subscription.isFreeTrial);
  const dates = termDates(subscription.term);
  if (dates) market.clock.schedule('endTerm', subscription.id, dates.renewal);
}

/** In production, Microsoft was seen to send a change "back" after a refusal. */
function followRefusal(
  market: Market,
  subscription: SubscriptionRecord,
  refused: OperationRecord,
): void {
  const isFollowed =
    market.state.settings.oddities.refusedChange === 'measured' &&
    isChange(refused.action) &&
    refused.source === 'Azure' &&
    !refused.isRevert &&
    subscription.status === 'Subscribed';
  if (!isFollowed) return;
  const revert = createOperation(market, subscription, {
    action: refused.action,
    status: 'InProgress',
    source: 'Azure',
    isRevert: true,
  });
  notify(market, subscription, revert);
}
