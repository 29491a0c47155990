const HOUR_MS = 60 * 60 * 1000;

/** Microsoft takes usage for the last 24 hours and not a minute more. */
export const USAGE_WINDOW_MS = 24 * HOUR_MS;

/**
 * How far a reporter's clock may run ahead of ours. Wider than clocks kept by NTP ever drift, and
 * less than would move usage into an hour that is not there yet by more than a breath.
 */
export const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** Doubles carry 15 digits; above this, adding one unit would be lost, and no meter is that large. */
const MAX_QUANTITY = 1e12;

export type UsageRefusal =
  | 'quantity-invalid'
  | 'too-old'
  | 'in-future'
  | 'subscription-unknown'
  | 'not-active-then';

/** What billing must know of a subscription to take usage for it. */
export interface MeteredSubscription {
  readonly planId: string;
  readonly status: string;
  /** Start of its first term, as Microsoft says: it may be wrong, or lie ahead. */
  readonly termStart?: Date | undefined;
  /** When we first saw it active. */
  readonly activeSince?: Date | undefined;
  /** When it was bought. */
  readonly purchasedAt?: Date | undefined;
  /** When it ended; usage of the time before still counts for a day. */
  readonly endedAt?: Date | undefined;
}

/** Why a record cannot be taken; undefined means that it counts. */
export function refuseUsage(
  usage: { readonly quantity: number; readonly occurredAt: Date },
  subscription: MeteredSubscription | undefined,
  now: Date,
): UsageRefusal | undefined {
  const { quantity, occurredAt } = usage;
  if (!Number.isFinite(quantity) || quantity <= 0 || quantity > MAX_QUANTITY) {
    return 'quantity-invalid';
  }
  // Not `>`: a time that is none (NaN) is never inside the window.
  if (!(now.getTime() - occurredAt.getTime() <= USAGE_WINDOW_MS)) return 'too-old';
  if (occurredAt.getTime() - now.getTime() > CLOCK_SKEW_MS) return 'in-future';
  if (!subscription) return 'subscription-unknown';
  return wasActive(subscription, occurredAt) ? undefined : 'not-active-then';
}

/**
 * Pending subscriptions use nothing. Suspended ones are taken and held: a reinstatement inside the
 * window makes them due.
 */
function wasActive(subscription: MeteredSubscription, at: Date): boolean {
  const { status, endedAt } = subscription;
  if (status === 'PendingFulfillmentStart' || status === 'NotStarted') return false;
  if (status === 'Unsubscribed' && endedAt === undefined) return false;
  if (endedAt !== undefined && at.getTime() > endedAt.getTime()) return false;
  const begin = beginOf(subscription);
  return begin === undefined ? status !== 'Unsubscribed' : at.getTime() >= begin.getTime();
}

/**
 * The earlier of the term's start and the activation that we saw: a start that lies ahead refuses no
 * usage. Term dates may be whole days, so the first day counts from its midnight, but never from before
 * the purchase. A purchase that seems later than the activation cannot be true and bounds nothing.
 */
function beginOf({ termStart, activeSince, purchasedAt }: MeteredSubscription): Date | undefined {
  const start = termStart ? startOfUtcDay(termStart) : purchasedAt;
  const begin = earlier(start, activeSince);
  const isPurchaseSound = purchasedAt && activeSince && purchasedAt <= activeSince;
  return isPurchaseSound && begin && begin < purchasedAt ? purchasedAt : begin;
}

function earlier(left: Date | undefined, right: Date | undefined): Date | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}

/** Start of the UTC clock hour: one usage event per subscription, dimension and such an hour. */
export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
}

export function hourEnd(hour: Date): Date {
  return new Date(hour.getTime() + HOUR_MS);
}

/**
 * The part of an hour's usage that is above what the price includes. `usedBefore` is everything used
 * in the term before this hour; `included` null means unlimited. Units as the dimension defines them.
 */
export function overage(used: number, usedBefore: number, included: number | null): number {
  if (included === null) return 0;
  const leftOver = Math.max(0, included - usedBefore);
  return Math.max(0, used - leftOver);
}

/**
 * A millionth of a unit is below any price of Microsoft's (two decimals of money), and rounding there
 * removes the binary noise of sums (0.1 + 0.2), so that a quantity and its echo compare equal.
 */
const QUANTITY_DECIMALS = 6;

/** The quantity as it is sent and compared. Units as the dimension defines them. */
export function reportableQuantity(quantity: number): number {
  return Number(quantity.toFixed(QUANTITY_DECIMALS));
}

/** What becomes of an hour after Microsoft's word for its row. */
export type UsageFate = 'settled' | 'retry' | 'hold' | 'refused' | 'mismatch' | 'expired';

/**
 * Each status of the metering API has its own fate. A duplicate is a success only where Microsoft
 * kept the quantity that we meant; a status that we do not know is tried again, which is safe because
 * an hour that was counted answers Duplicate.
 */
export function usageFate(
  status: string,
  quantities: { readonly ours: number; readonly kept?: number | undefined },
): UsageFate {
  switch (status) {
    case 'Accepted':
      return 'settled';
    case 'Duplicate':
      return isSameQuantity(quantities.ours, quantities.kept) ? 'settled' : 'mismatch';
    case 'Expired':
      return 'expired';
    case 'ResourceNotActive':
      return 'hold';
    case 'ResourceNotFound':
    case 'ResourceNotAuthorized':
    case 'InvalidDimension':
    case 'InvalidQuantity':
    case 'BadArgument':
      return 'refused';
    default:
      return 'retry';
  }
}

function isSameQuantity(ours: number, kept: number | undefined): boolean {
  return kept !== undefined && reportableQuantity(kept) === reportableQuantity(ours);
}

function startOfUtcDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}
