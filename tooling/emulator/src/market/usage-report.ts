import { findOffer } from './catalogue.ts';
import { DAY_MS, USAGE_PROCESSING_MS } from './constants.ts';
import { halfDecimal, sumDecimals } from './decimal.ts';
import { exactNumber, type ExactNumber } from './exact-json.ts';
import type { Market } from './market.ts';
import { findPlan } from './published-plans.ts';
import { isSoldBy, type Seller } from './sellers.ts';
import type { UsageRecon, UsageRecord } from './state.ts';

/** The Azure subscription that pays for all local usage. */
const AZURE_SUBSCRIPTION_ID = '5b1c0a74-2d9e-4f38-a6b5-e48f70c3d912';

/** One day of one plan's dimension as the metering API shows it. */
export interface UsageReportRow {
  readonly usageDate: string;
  readonly usageResourceId: string;
  readonly dimension: string;
  readonly planId: string;
  readonly planName: string;
  readonly offerId: string;
  readonly offerName: string;
  readonly offerType: string;
  readonly azureSubscriptionId: string;
  readonly reconStatus: string;
  readonly submittedQuantity: ExactNumber;
  readonly processedQuantity: ExactNumber;
  readonly submittedCount: number;
}

/** A seller's usage per day, subscription, dimension and plan. Events that are missing are left out. */
export function reportUsage(
  market: Market,
  wanted: { readonly from: number; readonly to: number; readonly seller: Seller },
): readonly UsageReportRow[] {
  const { from, to, seller } = wanted;
  const events = [...market.state.usage.values()].filter((one) => {
    const day = dayOf(one);
    const isWanted = day >= from - (from % DAY_MS) && day <= to && !one.isMissing;
    return isWanted && isSoldBy(market, one, seller);
  });
  const days = Map.groupBy(events, (one) =>
    [dayOf(one), one.resourceId, one.dimension, one.planId].join('|'),
  );
  return [...days.values()].map((group) => toRow(market, group));
}

/**
 * Sets how the report shows a day once it is processed, in place of what was set before.
 * Without a status, the day is shown as usual again.
 */
export function setUsageRecon(
  market: Market,
  recon: Omit<UsageRecon, 'reconStatus'> & { readonly reconStatus: string | null },
): void {
  const { reconStatus, ...rest } = recon;
  const { state } = market;
  state.usageRecons = state.usageRecons.filter((one) => !isSameDay(one, recon));
  if (reconStatus !== null) state.usageRecons.push({ ...rest, reconStatus });
  market.changed();
}

type ReconKey = Pick<UsageRecon, 'subscriptionId' | 'dimension' | 'day'>;

function isSameDay(one: ReconKey, other: ReconKey): boolean {
  return (
    one.subscriptionId === other.subscriptionId &&
    one.dimension === other.dimension &&
    one.day === other.day
  );
}

function toRow(market: Market, group: readonly UsageRecord[]): UsageReportRow {
  const [first] = group;
  if (first === undefined) throw new Error('a day of usage has at least one event');
  const { resourceId, dimension, planId, offerId } = first;
  const usageDate = new Date(dayOf(first)).toISOString();
  const submitted = sumDecimals(group.map((one) => one.quantity));
  const isProcessed = group.every(
    (one) => one.acceptedAt + USAGE_PROCESSING_MS <= market.clock.now(),
  );
  const key = { subscriptionId: resourceId, dimension, day: usageDate.slice(0, 10) };
  const recon = market.state.usageRecons.find((one) => isSameDay(one, key));
  const status = isProcessed ? (recon?.reconStatus ?? usualStatus(market, first)) : 'Submitted';
  const planned = isProcessed ? recon?.processedQuantity : undefined;
  return {
    usageDate,
    usageResourceId: resourceId,
    dimension,
    planId,
    planName: isProcessed ? (findPlan(market.state, offerId, planId)?.displayName ?? '') : '',
    offerId,
    offerName: isProcessed ? (findOffer(offerId)?.displayName ?? '') : '',
    offerType: 'SaaS',
    azureSubscriptionId: AZURE_SUBSCRIPTION_ID,
    reconStatus: status,
    submittedQuantity: exactNumber(submitted),
    processedQuantity: exactNumber(planned ?? processedQuantity(status, submitted)),
    submittedCount: group.length,
  };
}

/** The usage of a commerce test is never billed. */
function usualStatus(market: Market, { resourceId }: UsageRecord): string {
  const isDryRun = market.state.subscriptions.get(resourceId)?.isDryRun ?? false;
  return market.state.settings.reconStatus ?? (isDryRun ? 'DryRun' : 'Accepted');
}

function processedQuantity(status: string, submitted: string): string {
  if (status === 'Accepted') return submitted;
  return status === 'Mismatch' ? halfDecimal(submitted) : '0';
}

function dayOf({ hour }: UsageRecord): number {
  return hour - (hour % DAY_MS);
}
