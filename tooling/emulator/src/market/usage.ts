import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { HOUR_MS, USAGE_WINDOW_MS } from './constants.ts';
import { isExactNumber } from './exact-json.ts';
import type { Market } from './market.ts';
import { findPlan } from './published-plans.ts';
import { isSoldBy, type Seller } from './sellers.ts';
import { usageKey, type SubscriptionRecord, type UsageRecord } from './state.ts';

export type UsageStatus =
  | 'Accepted'
  | 'Duplicate'
  | 'Expired'
  | 'Error'
  | 'ResourceNotFound'
  | 'ResourceNotAuthorized'
  | 'ResourceNotActive'
  | 'InvalidDimension'
  | 'InvalidQuantity'
  | 'BadArgument';

export interface UsageVerdict {
  readonly status: UsageStatus;
  /** The invalid field, if the event is malformed. */
  readonly target?: string;
  /** The event that counts: this one if it is accepted, the earlier one if it is a duplicate. */
  readonly record?: UsageRecord;
}

const text = z.string().min(1);
// Microsoft's samples omit the time zone; such times are UTC.
const time = z.iso.datetime({ local: true, offset: true });

/** Checks one usage event, and records it if it is accepted. Its quantity has to be an exact number. */
export function submitUsage(
  market: Market,
  event: Readonly<Record<string, unknown>>,
  seller: Seller,
): UsageVerdict {
  if (event['resourceUri'] != null) {
    const isBoth = event['resourceId'] != null;
    return isBoth
      ? { status: 'BadArgument', target: 'resourceUri' }
      : { status: 'ResourceNotAuthorized' };
  }
  const resourceId = z.guid().safeParse(event['resourceId']);
  const dimension = text.safeParse(event['dimension']);
  const planId = text.safeParse(event['planId']);
  const startTime = time.safeParse(event['effectiveStartTime']);
  const { quantity } = event;
  if (!resourceId.success) return { status: 'BadArgument', target: 'resourceId' };
  if (!dimension.success) return { status: 'BadArgument', target: 'dimension' };
  if (!planId.success) return { status: 'BadArgument', target: 'planId' };
  if (!startTime.success) return { status: 'BadArgument', target: 'effectiveStartTime' };
  if (!isExactNumber(quantity) || !Number.isFinite(Number(quantity.rawJSON)))
    return { status: 'BadArgument', target: 'quantity' };
  if (Number(quantity.rawJSON) <= 0) return { status: 'InvalidQuantity', target: 'quantity' };

  const subscription = market.state.subscriptions.get(resourceId.data.toLowerCase());
  if (!subscription) return { status: 'ResourceNotFound', target: 'resourceId' };
  if (!isSoldBy(market, subscription, seller)) return { status: 'ResourceNotAuthorized' };
  const at = Date.parse(toUtc(startTime.data));
  const refusal = judge(market, subscription, {
    at,
    planId: planId.data,
    dimension: dimension.data,
  });
  if (refusal) return refusal;

  const hour = at - (at % HOUR_MS);
  const key = usageKey({ resourceId: subscription.id, dimension: dimension.data, hour });
  const kept = market.state.usage.get(key);
  if (kept) return { status: 'Duplicate', record: kept };
  const record: UsageRecord = {
    usageEventId: randomUUID(),
    resourceId: subscription.id,
    dimension: dimension.data,
    planId: planId.data,
    offerId: subscription.offerId,
    quantity: quantity.rawJSON,
    effectiveStartTime: startTime.data,
    hour,
    acceptedAt: market.clock.now(),
  };
  market.state.usage.set(key, record);
  market.changed();
  return { status: 'Accepted', record };
}

function judge(
  market: Market,
  subscription: SubscriptionRecord,
  use: { readonly at: number; readonly planId: string; readonly dimension: string },
): UsageVerdict | undefined {
  const now = market.clock.now();
  if (use.at > now) return { status: 'BadArgument', target: 'effectiveStartTime' };
  if (now - use.at > USAGE_WINDOW_MS) return { status: 'Expired', target: 'effectiveStartTime' };
  // Usage from before the end can still be reported after it.
  const isOver = subscription.endedAt !== null && use.at >= subscription.endedAt;
  const wasActive = subscription.status === 'Unsubscribed' && subscription.planHistory.length > 0;
  const isActive = subscription.status === 'Subscribed' || (wasActive && !isOver);
  if (!isActive) return { status: 'ResourceNotActive', target: 'resourceId' };
  if (!plansInHour(subscription, use.at).includes(use.planId)) {
    return { status: 'BadArgument', target: 'planId' };
  }
  const plan = findPlan(market.state, subscription.offerId, use.planId);
  return plan?.dimensions?.some((one) => one.id === use.dimension)
    ? undefined
    : { status: 'InvalidDimension', target: 'dimension' };
}

/**
 * The plans that were in force at any time of the hour. The first plan also counts for the time
 * before it.
 */
function plansInHour(subscription: SubscriptionRecord, at: number): string[] {
  const from = at - (at % HOUR_MS);
  const to = from + HOUR_MS;
  const { planHistory } = subscription;
  return planHistory
    .filter((entry, index) => {
      const until = planHistory[index + 1]?.from ?? Infinity;
      return (index === 0 || entry.from < to) && until > from;
    })
    .map((entry) => entry.planId);
}

function toUtc(text: string): string {
  return /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`;
}
