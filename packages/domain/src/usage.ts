import { type Decimal, ZERO } from './decimal.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Microsoft accepts usage of the last 24 hours only. */
export const USAGE_WINDOW_MS = 24 * HOUR_MS;

/**
 * How far a reporter's clock may run ahead of ours. NTP keeps clocks much closer, and usage can land at
 * most five minutes into an hour that has not begun.
 */
export const CLOCK_SKEW_MS = 5 * 60 * 1000;

export type UsageRefusal =
  | 'quantity-invalid'
  | 'too-old'
  | 'in-future'
  | 'subscription-unknown'
  | 'not-active-then';

/** What billing must know about a subscription to accept usage for it. */
export interface MeteredSubscription {
  readonly planId: string;
  readonly status: string;
  /** Start of its first term according to Microsoft. It may be wrong or in the future. */
  readonly termStart?: Date | undefined;
  /** When Landfall first saw it active. */
  readonly activeSince?: Date | undefined;
  /** When it was bought. */
  readonly purchasedAt?: Date | undefined;
  /** When it ended. Usage from before that is accepted for one more day. */
  readonly endedAt?: Date | undefined;
}

/** Why a usage record is refused; undefined if it counts. A quantity that could not be read is undefined. */
export function refuseUsage(
  usage: { readonly quantity: Decimal | undefined; readonly occurredAt: Date },
  subscription: MeteredSubscription | undefined,
  now: Date,
): UsageRefusal | undefined {
  const { quantity, occurredAt } = usage;
  if (!quantity?.gt(ZERO)) return 'quantity-invalid';
  // Not `>`, so that an invalid time (NaN) counts as too old.
  if (!(now.getTime() - occurredAt.getTime() <= USAGE_WINDOW_MS)) return 'too-old';
  if (occurredAt.getTime() - now.getTime() > CLOCK_SKEW_MS) return 'in-future';
  if (!subscription) return 'subscription-unknown';
  return wasActive(subscription, occurredAt) ? undefined : 'not-active-then';
}

/**
 * Pending subscriptions have no usage. Usage of suspended ones is accepted and held: a reinstatement within
 * the window makes it due.
 */
function wasActive(subscription: MeteredSubscription, at: Date): boolean {
  const { status, endedAt } = subscription;
  if (status === 'PendingFulfillmentStart' || status === 'NotStarted') return false;
  if (status === 'Unsubscribed' && endedAt === undefined) return false;
  if (endedAt !== undefined && at.getTime() > endedAt.getTime()) return false;
  const from = activeFrom(subscription);
  return from === undefined ? status !== 'Unsubscribed' : at.getTime() >= from.getTime();
}

/**
 * The earlier of the term's start and the activation that Landfall saw, so a start in the future refuses no
 * usage. Term dates may be whole days, so the first day counts from midnight, but never from before the
 * purchase. A purchase later than the activation cannot be right and is ignored.
 */
function activeFrom({
  termStart,
  activeSince,
  purchasedAt,
}: MeteredSubscription): Date | undefined {
  const start = termStart ? startOfUtcDay(termStart) : purchasedAt;
  const from = earlier(start, activeSince);
  const isPurchaseSound = purchasedAt && activeSince && purchasedAt <= activeSince;
  return isPurchaseSound && from && from < purchasedAt ? purchasedAt : from;
}

function earlier(left: Date | undefined, right: Date | undefined): Date | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}

/** Start of the UTC hour. Microsoft accepts one usage event per subscription, dimension and UTC hour. */
export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

/** End of the hour that starts at `hour`. */
export function hourEnd(hour: Date): Date {
  return new Date(hour.getTime() + HOUR_MS);
}

function startOfUtcDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}
