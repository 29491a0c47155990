import type { Market } from './market.ts';
import type { OperationRecord, SubscriptionRecord } from './state.ts';

interface Past {
  /** When the state was changed. */
  readonly until: number;
  readonly record: SubscriptionRecord;
}

/**
 * Old states that a lagging read may still show. They are not in the state file: a restart ends all
 * lags.
 */
const pasts = new WeakMap<SubscriptionRecord, Past[]>();

/** Must be called before a record changes, so that lagging reads can show the old state. */
export function keepPast(market: Market, subscription: SubscriptionRecord): void {
  if (market.state.settings.oddities.recordLag !== 'measured') return;
  const until = market.clock.now();
  const oldest = until - lagOf(market, subscription);
  const kept = (pasts.get(subscription) ?? []).filter((past) => past.until > oldest);
  const record = { ...subscription, term: { ...subscription.term } };
  pasts.set(subscription, [...kept, { until, record }]);
}

/** The record as Get and List show it now; undefined if they do not show it yet. */
export function shownRecord(
  market: Market,
  subscription: SubscriptionRecord,
): SubscriptionRecord | undefined {
  const { oddities, firstGetLateMs } = market.state.settings;
  const now = market.clock.now();
  const isHidden =
    oddities.firstGetLate === 'measured' && now < subscription.createdAt + firstGetLateMs;
  if (isHidden) return undefined;
  if (oddities.recordLag !== 'measured') return subscription;
  const shownAt = now - lagOf(market, subscription);
  const past = pasts.get(subscription)?.find(({ until }) => until > shownAt);
  return past?.record ?? subscription;
}

/** Whether Get Operation already finds an operation. */
export function isOperationShown(market: Market, operation: OperationRecord): boolean {
  const { oddities, getOperationLateMs } = market.state.settings;
  if (oddities.getOperationLate !== 'measured') return true;
  return market.clock.now() >= operation.createdAt + getOperationLateMs;
}

/** Each subscription always has the same lag, chosen by its id. */
function lagOf(market: Market, { id }: SubscriptionRecord): number {
  const { recordLagMs } = market.state.settings;
  return recordLagMs[Number.parseInt(id.slice(0, 8), 16) % recordLagMs.length] ?? 0;
}
