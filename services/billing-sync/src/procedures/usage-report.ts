import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { billingProcedures, usageRecord } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Fault } from '@landfall/domain/fault';
import { hourOf, refuseUsage } from '@landfall/domain/usage';
import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import {
  bookRecords,
  scopedId,
  takenRecords,
  type Booking,
  type CountedRecord,
  type TakenRecord,
} from '../store/usage-records.ts';
import { moveUnits } from '../store/moved-units.ts';
import { meteredSubscriptions, subscriptionKey, type ReportedOn } from '../store/subscriptions.ts';

type UsageRecord = z.output<typeof usageRecord>;
type Report = Handler<(typeof billingProcedures)['usage']['report']>;
type Result =
  Awaited<ReturnType<Report>> extends infer Answer
    ? Answer extends { results: (infer One)[] }
      ? One
      : never
    : never;

export interface IntakeDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
  readonly graceMs: number;
}

/**
 * Takes a batch of usage in one transaction. Each record gets its own answer, in the given order. Event ids belong to
 * their publisher, so two publishers may use the same one. Throws `usage.contended` (later) if two publishers claim an
 * id for the first time at the same moment; then nothing of the batch is counted.
 */
export function reportUsage(deps: IntakeDeps): Report {
  return async ({ records, publisherId }) => {
    const now = deps.now();
    return inTransaction(deps.db, async (trx) => {
      const ids = new Set(records.map((record) => subscriptionKey(record.subscriptionId)));
      const subscriptions = await meteredSubscriptions(trx, [...ids], publisherId);
      const given = records.map((record) => normalise(record, subscriptions));
      const { claimed, seen } = await claims(trx, given, now);
      const fresh = countable(claimed, { seen, now });
      const booking = await bookRecords(trx, fresh, { now, graceMs: deps.graceMs });
      const claimedMeanwhile = fresh.filter((record) => !booking.taken.has(record.claimId));
      const rivals = await takenRecords(
        trx,
        claimedMeanwhile.map((record) => record.claimId),
      );
      if (claimedMeanwhile.some((record) => isForeign(record, rivals))) throw contended();
      for (const late of booking.late) {
        const moved = { ...late, kind: 'used', reason: 'late' } as const;
        const target = { now, currentHour: hourOf(now), graceMs: deps.graceMs };
        const isMoved = await moveUnits(trx, moved, target);
        if (!isMoved) deps.log.error(lateDetails(late), 'usage arrived too late to be billed');
      }
      return { results: answers(claimed, { known: new Map([...seen, ...rivals]), now }) };
    });
  };
}

/** A reported record with its subscription, if the subscription is known. */
interface GivenRecord extends CountedRecord {
  readonly eventId: string;
  readonly subscription: ReportedOn | undefined;
}

type Taken = ReadonlyMap<string, TakenRecord>;

/**
 * The claim of each record, and the claims that existed before. An id belongs for good to the publisher whose record was
 * counted first under it, in this batch or earlier, so the same record always has the same claim.
 */
async function claims(
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
function isForeign({ claimId, subscription }: GivenRecord, taken: Taken): boolean {
  const before = taken.get(claimId);
  return before !== undefined && before.publisherId !== subscription?.publisherId;
}

/** The first record of each new id that the rules accept. */
function countable(
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

function answers(
  given: readonly GivenRecord[],
  from: { readonly known: Taken; readonly now: Date },
): Result[] {
  const answered = new Map<string, string>();
  return given.map((record): Result => {
    const { eventId, claimId, contentHash, subscription } = record;
    const refusal = refuseUsage(record, subscription, from.now);
    // For an unknown subscription, or one of another publisher, the answer must not reveal whether the id is known.
    const before = subscription && (from.known.get(claimId)?.contentHash ?? answered.get(claimId));
    if (before !== undefined) {
      return before === contentHash
        ? { eventId, outcome: 'repeated' }
        : { eventId, outcome: 'refused', refusal: 'event-id-reused' };
    }
    if (refusal) return { eventId, outcome: 'refused', refusal };
    answered.set(claimId, contentHash);
    return { eventId, outcome: 'taken' };
  });
}

function normalise(
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

function contended(): Fault {
  return new Fault('usage.contended', 'two publishers claimed one event id at the same moment', {
    retry: 'later',
  });
}

function lateDetails({ subscriptionId, dimension, hour, quantity }: Booking['late'][number]) {
  return { subscriptionId, dimension, hour: hour.toISOString(), quantity };
}
