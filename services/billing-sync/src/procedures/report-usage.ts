import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { billingProcedures, usageRecord } from '@landfall/contracts/billing-procedures.ts';
import type { Handler } from '@landfall/contracts/procedures.ts';
import { hourOf, refuseUsage, type MeteredSubscription } from '@landfall/domain/usage.ts';
import { inTransaction, type Database } from '@landfall/service-kit/database.ts';
import type { Logger } from '@landfall/service-kit/log.ts';
import type { BillingDb } from '../db/schema.ts';
import {
  bookRecords,
  moveUnits,
  takenRecords,
  type Booking,
  type CountedRecord,
} from '../store/intake.ts';
import { meteredSubscriptions, subscriptionKey } from '../store/subscriptions.ts';

type UsageRecord = z.output<typeof usageRecord>;
type Report = Handler<(typeof billingProcedures)['usage']['report']>;
type Result =
  Awaited<ReturnType<Report>> extends infer Answer
    ? Answer extends { results: (infer One)[] }
      ? One
      : never
    : never;

export interface IntakeDeps {
  readonly database: Database<BillingDb>;
  readonly log: Logger;
  readonly now: () => Date;
  readonly graceMs: number;
}

/** Takes a batch of usage in one transaction; each record gets its own answer, in the order given. */
export function reportUsage(deps: IntakeDeps): Report {
  return async ({ records }) => {
    const now = deps.now();
    const given = records.map(normalise);
    return inTransaction(deps.database, async (trx) => {
      const seen = await takenRecords(trx, [...new Set(given.map((record) => record.eventId))]);
      const ids = new Set(given.map((record) => record.subscriptionId));
      const subscriptions = await meteredSubscriptions(trx, [...ids]);
      const fresh = countable(given, { seen, subscriptions, now });
      const booking = await bookRecords(trx, fresh, { now, graceMs: deps.graceMs });
      const claimedMeanwhile = fresh.filter((record) => !booking.taken.has(record.eventId));
      const rivals = await takenRecords(
        trx,
        claimedMeanwhile.map((record) => record.eventId),
      );
      for (const late of booking.late) {
        const moved = { ...late, kind: 'used', reason: 'late' } as const;
        const target = { now, currentHour: hourOf(now), graceMs: deps.graceMs };
        const isMoved = await moveUnits(trx, moved, target);
        if (!isMoved) deps.log.error(lateDetails(late), 'usage came too late to be billed');
      }
      const known = new Map([...seen, ...rivals]);
      return { results: answers(given, { known, subscriptions, taken: booking.taken, now }) };
    });
  };
}

/** The first of each new id that the rules let count. */
function countable(
  given: readonly CountedRecord[],
  from: {
    readonly seen: ReadonlyMap<string, string>;
    readonly subscriptions: ReadonlyMap<string, MeteredSubscription>;
    readonly now: Date;
  },
): CountedRecord[] {
  const fresh = new Map<string, CountedRecord>();
  for (const record of given) {
    if (from.seen.has(record.eventId) || fresh.has(record.eventId)) continue;
    const subscription = from.subscriptions.get(record.subscriptionId);
    if (refuseUsage(record, subscription, from.now) === undefined) {
      fresh.set(record.eventId, record);
    }
  }
  return [...fresh.values()];
}

function answers(
  given: readonly CountedRecord[],
  from: {
    readonly known: ReadonlyMap<string, string>;
    readonly subscriptions: ReadonlyMap<string, MeteredSubscription>;
    readonly taken: Booking['taken'];
    readonly now: Date;
  },
): Result[] {
  const told = new Map<string, string>();
  return given.map((record): Result => {
    const { eventId, contentHash } = record;
    const before = from.known.get(eventId) ?? told.get(eventId);
    if (before !== undefined) {
      return before === contentHash
        ? { eventId, outcome: 'repeated' }
        : { eventId, outcome: 'refused', refusal: 'event-id-reused' };
    }
    const refusal = refuseUsage(record, from.subscriptions.get(record.subscriptionId), from.now);
    if (refusal) return { eventId, outcome: 'refused', refusal };
    told.set(eventId, contentHash);
    return { eventId, outcome: 'taken' };
  });
}

function normalise(record: UsageRecord): CountedRecord {
  const occurredAt = new Date(record.occurredAt);
  const subscriptionId = subscriptionKey(record.subscriptionId);
  const content = [subscriptionId, record.dimension, record.quantity, occurredAt.toISOString()];
  return {
    eventId: record.eventId,
    contentHash: createHash('sha256').update(JSON.stringify(content)).digest('base64url'),
    subscriptionId,
    dimension: record.dimension,
    hour: hourOf(occurredAt),
    quantity: record.quantity,
    occurredAt,
  };
}

function lateDetails({ subscriptionId, dimension, hour, quantity }: Booking['late'][number]) {
  return { subscriptionId, dimension, hour: hour.toISOString(), quantity };
}
