import type { z } from 'zod';
import type { UsageRefusalReason, usageVerdict } from '@landfall/contracts/usage-procedures';
import { standingAt } from '@landfall/domain/standing';
import { refuseUsage } from '@landfall/domain/usage';
import type { PlanKey } from '../store/catalogue.ts';
import type { ReportedOn } from '../store/subscriptions.ts';
import { type DimensionsOf, planWith, possiblePlans } from './plan-of-moment.ts';
import { type Claims, claimKey } from '../store/usage-claims.ts';
import type { CountedRecord } from '../store/usage-records.ts';
import { QUANTITY_MESSAGE, type ReadRecord, type UnreadableRecord } from './read-record.ts';

export type Verdict = z.output<typeof usageVerdict>;

export interface Knowledge {
  /** By `subscriptionKey`. */
  readonly subscriptions: ReadonlyMap<string, ReportedOn>;
  /** Event ids that were counted before this batch. */
  readonly claims: Claims;
  readonly dimensionsOf: DimensionsOf;
  readonly now: Date;
}

export interface Judged {
  /** In the order of the records. */
  readonly verdicts: readonly Verdict[];
  /** The records that count. No two have the same claim. */
  readonly counted: readonly CountedRecord[];
}

/** Judges each record on its own, in the given order. An event id belongs to the first record with it that counts. */
export function judgeRecords(
  records: readonly (ReadRecord | UnreadableRecord)[],
  known: Knowledge,
): Judged {
  const counted = new Map<string, CountedRecord>();
  const verdicts = records.map((record): Verdict => {
    if ('refusal' in record) return refused(record, record.refusal, record.message);
    const subscription = known.subscriptions.get(record.subscriptionId);
    // Event ids are looked up only for the caller's own subscriptions, so no answer reveals another publisher's ids.
    if (subscription) {
      const key = claimKey({ publisherId: subscription.publisherId, eventId: record.eventId });
      const before = known.claims.get(key) ?? counted.get(key)?.contentHash;
      if (before === record.contentHash) return { eventId: record.eventId, outcome: 'repeated' };
      if (before !== undefined) return refused(record, 'event-id-reused');
    }
    const refusal = refuseUsage(record, subscription, known.now);
    if (refusal !== undefined) return refused(record, refusal);
    if (!subscription) return refused(record, 'subscription-unknown');
    const placed = place(record, subscription, known);
    if ('message' in placed) return refused(record, 'dimension-unknown', placed.message);
    counted.set(claimKey(placed), placed);
    return { eventId: record.eventId, outcome: 'taken' };
  });
  return { verdicts, counted: [...counted.values()] };
}

/** The record with its plan and term, or the message for a dimension that none of its plans has. */
function place(
  record: ReadRecord,
  subscription: ReportedOn,
  { dimensionsOf }: Pick<Knowledge, 'dimensionsOf'>,
): CountedRecord | { readonly message: string } {
  const plans = possiblePlans(record, subscription);
  const plan = planWith(record.meter, plans, dimensionsOf);
  if (!plan) return { message: dimensionMessage(record.meter, plans[0], dimensionsOf) };
  const standing = standingAt(subscription.versions, record.occurredAt);
  return {
    ...record,
    publisherId: subscription.publisherId,
    planId: plan.planId,
    termStart: standing?.termStart ?? null,
    termUnit: standing?.termUnit ?? null,
  };
}

function dimensionMessage(
  meter: string,
  plan: PlanKey | undefined,
  dimensionsOf: Knowledge['dimensionsOf'],
): string {
  const names = [...((plan && dimensionsOf(plan)) ?? [])].toSorted();
  const meant = names.find((name) => name.toLowerCase() === meter.toLowerCase());
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"? Capital letters matter.`;
  const list = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`;
  return `Plan "${plan?.planId}" has no dimension "${meter}".${hint} ${list}`;
}

function refused(
  { eventId }: { readonly eventId: string | undefined },
  refusal: UsageRefusalReason,
  message: string = MESSAGES[refusal],
): Verdict {
  return { ...(eventId !== undefined && { eventId }), outcome: 'refused', refusal, message };
}

const MESSAGES: Readonly<Record<UsageRefusalReason, string>> = {
  malformed: 'The record cannot be read.',
  'quantity-invalid': QUANTITY_MESSAGE,
  'too-old': 'The usage is more than 24 hours old. Microsoft no longer accepts it.',
  'in-future':
    "The time of use is more than five minutes in the future. Check the reporter's clock and time zone.",
  'subscription-unknown':
    'This subscription is unknown. Check the ID. A new subscription appears with its first visit, notification or reconciliation.',
  'not-active-then':
    'The subscription was not active at the time of use: it had not started, or it had ended.',
  'dimension-unknown': 'The plan does not have this dimension.',
  'event-id-reused':
    'A different record with this event id has already been counted. Give each use its own id.',
};
