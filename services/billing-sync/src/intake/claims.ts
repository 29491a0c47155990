import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { usageRecord } from '@landfall/contracts/billing-procedures';
import { hourOf, refuseUsage } from '@landfall/domain/usage';
import { type ReportedOn, subscriptionKey } from '../store/subscriptions.ts';
import {
  type CountedRecord,
  type TakenRecord,
  scopedId,
  takenRecords,
} from '../store/usage-records.ts';

type UsageRecord = z.output<typeof usageRecord>;

/** A reported record with its subscription, if the subscription is known. */
export interface GivenRecord extends CountedRecord {
  readonly eventId: string;
  readonly subscription: ReportedOn | undefined;
}

export type Taken = ReadonlyMap<string, TakenRecord>;

/**
 * The claim of each record, and the claims that existed before. An id belongs for good to the publisher whose record was
 * counted first under it, in this batch or earlier, so the same record always has the same claim.
 */
export async function claims(
  trx: Parameters<typeof takenRecords>[0],
  given: readonly GivenRecord[],
  now: Date,
): Promise<{ readonly claimed: readonly GivenRecord[]; readonly seen: Taken }> {
  const taken = await takenRecords(trx, [...new Set(given.map(({ eventId }) => eventId))]);
  const owners = new Map([...taken].map(([eventId, { publisherId }]) => [eventId, publisherId]));
  const claimed = given.map((record): GivenRecord => {
    const { eventId, subscription } = record;
    if (!subscription) return record;
    if (!owners.has(eventId) && refuseUsage(record, subscription, now) === undefined) {
      owners.set(eventId, subscription.publisherId);
    }
    const { publisherId } = subscription;
    if ((owners.get(eventId) ?? publisherId) === publisherId) return record;
    return { ...record, claimId: scopedId(publisherId, eventId) };
  });
  const scoped = claimed.filter(({ claimId, eventId }) => claimId !== eventId);
  const own = await takenRecords(trx, [...new Set(scoped.map(({ claimId }) => claimId))]);
  return { claimed, seen: new Map([...taken, ...own]) };
}

/** Whether the claim belongs to a subscription of another publisher. */
export function isForeign({ claimId, subscription }: GivenRecord, taken: Taken): boolean {
  const before = taken.get(claimId);
  return before !== undefined && before.publisherId !== subscription?.publisherId;
}

/** The first record of each new id that the rules accept. */
export function countable(
  given: readonly GivenRecord[],
  from: { readonly seen: Taken; readonly now: Date },
): GivenRecord[] {
  const fresh = new Map<string, GivenRecord>();
  for (const record of given) {
    if (from.seen.has(record.claimId) || fresh.has(record.claimId)) continue;
    if (refuseUsage(record, record.subscription, from.now) === undefined) {
      fresh.set(record.claimId, record);
    }
  }
  return [...fresh.values()];
}

/** A record as it was reported, with canonical ids and a hash that tells whether its content is the same. */
export function normalise(
  record: UsageRecord,
  subscriptions: ReadonlyMap<string, ReportedOn>,
): GivenRecord {
  const occurredAt = new Date(record.occurredAt);
  const subscriptionId = subscriptionKey(record.subscriptionId);
  const content = [subscriptionId, record.dimension, record.quantity, occurredAt.toISOString()];
  return {
    eventId: record.eventId,
    claimId: record.eventId,
    contentHash: createHash('sha256').update(JSON.stringify(content)).digest('base64url'),
    subscriptionId,
    subscription: subscriptions.get(subscriptionId),
    dimension: record.dimension,
    hour: hourOf(occurredAt),
    quantity: record.quantity,
    occurredAt,
  };
}
