import type { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Handler } from '@landfall/contracts/procedures';
import { Fault } from '@landfall/domain/fault';
import { hourOf, refuseUsage } from '@landfall/domain/usage';
import { inTransaction } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import {
  type GivenRecord,
  type Taken,
  claims,
  countable,
  isForeign,
  normalise,
} from '../intake/claims.ts';
import { moveUnits } from '../store/moved-units.ts';
import { meteredSubscriptions, subscriptionKey } from '../store/subscriptions.ts';
import { type Booking, bookRecords, takenRecords } from '../store/usage-records.ts';

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
 * id for the first time at the same moment; then none of the batch is counted.
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

function answers(
  given: readonly GivenRecord[],
  from: { readonly known: Taken; readonly now: Date },
): Result[] {
  const answered = new Map<string, string>();
  return given.map((record): Result => {
    const { eventId, claimId, contentHash, subscription } = record;
    const refusal = refuseUsage(record, subscription, from.now);
    // If the subscription is unknown or another publisher's, the answer must not reveal whether the event id is known.
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

function contended(): Fault {
  return new Fault('usage.contended', 'two publishers claimed one event id at the same moment', {
    retry: 'later',
  });
}

function lateDetails({ subscriptionId, dimension, hour, quantity }: Booking['late'][number]) {
  return { subscriptionId, dimension, hour: hour.toISOString(), quantity };
}
