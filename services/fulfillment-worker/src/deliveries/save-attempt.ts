import { sql } from 'kysely';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db, Trx } from '../db/schema.ts';
import type { ClaimedDelivery } from '../store/claim-deliveries.ts';
import { progressAfter, type Progress } from './schedule.ts';
import type { Answer } from './post-event.ts';

export interface Attempt {
  readonly at: Date;
  readonly answer: Answer;
  readonly durationMs: number;
  /** From 0 to 1, for the jitter. */
  readonly random: number;
}

/**
 * Saves what came of an attempt and gives the lease back. Undefined: another process holds the delivery
 * by now, and nothing was written.
 */
export async function saveAttempt(
  db: Db,
  claimed: ClaimedDelivery,
  attempt: Attempt,
): Promise<Progress | undefined> {
  return await inTransaction(db, async (trx) => {
    const row = await trx
      .selectFrom('deliveries')
      .select(['state', 'rung', 'next_attempt_at', 'replayed_by'])
      .where('id', '=', claimed.id)
      .where('fence', '=', claimed.fence)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return undefined;
    const before = { state: row.state, attempt: row.rung, nextAttemptAt: row.next_attempt_at };
    const { at, answer, random } = attempt;
    const after = progressAfter(before, {
      isDelivered: answer.failure === undefined,
      isManual: claimed.isManual,
      retryAfterMs: answer.retryAfterMs,
      at,
      random,
    });
    await addToHistory(trx, claimed, { ...attempt, replayedBy: row.replayed_by });
    await writeProgress(trx, claimed, { before, after, at });
    if (claimed.isOrdered && after !== before) await moveFollowers(trx, claimed, { after, at });
    return after;
  });
}

/** A resend has its row since it was asked for; the oldest that is open is the one that was made. */
async function addToHistory(
  trx: Trx,
  claimed: ClaimedDelivery,
  attempt: Attempt & { readonly replayedBy: string | null },
): Promise<void> {
  const { at, answer, durationMs, replayedBy } = attempt;
  const result = {
    at,
    status: answer.status ?? null,
    failure: answer.failure ?? null,
    duration_ms: durationMs,
  };
  if (claimed.isManual) {
    const made = await trx
      .updateTable('delivery_attempts')
      .set(result)
      .where('id', '=', (of) =>
        of
          .selectFrom('delivery_attempts')
          .select('id')
          .where('delivery_id', '=', claimed.id)
          .where('at', 'is', null)
          .orderBy('id')
          .limit(1),
      )
      .executeTakeFirst();
    if (made.numUpdatedRows === 1n) return;
  }
  await trx
    .insertInto('delivery_attempts')
    .values({ delivery_id: claimed.id, cause: 'schedule', requested_by: replayedBy, ...result })
    .execute();
}

async function writeProgress(
  trx: Trx,
  claimed: ClaimedDelivery,
  change: { readonly before: Progress; readonly after: Progress; readonly at: Date },
): Promise<void> {
  const { before, after, at } = change;
  const isNew = after.state !== before.state;
  await trx
    .updateTable('deliveries')
    .set({
      state: after.state,
      rung: after.attempt,
      attempts: sql<number>`attempts + 1`,
      next_attempt_at: after.nextAttemptAt,
      lease_until: null,
      // Resends that came while this attempt was under way are still to be made.
      manual_at: sql<Date | null>`case when exists (
        select from delivery_attempts where delivery_id = ${claimed.id} and at is null)
        then ${at}::timestamptz end`,
      ...(isNew && after.state === 'delivered' ? { delivered_at: at, dead_at: null } : {}),
      ...(isNew && after.state === 'dead' ? { dead_at: at } : {}),
    })
    .where('id', '=', claimed.id)
    .execute();
}

/**
 * Later events of the subscription wait for this one: while it waits they are put off with it, so that
 * a long queue is not looked at each second; when it is over, the next one's time has come.
 */
async function moveFollowers(
  trx: Trx,
  claimed: ClaimedDelivery,
  change: { readonly after: Progress; readonly at: Date },
): Promise<void> {
  const { after, at } = change;
  const followers = trx
    .selectFrom('deliveries')
    .select('id')
    .where('destination_id', '=', claimed.destinationId)
    .where('subscription_id', '=', claimed.subscriptionId)
    .where('state', '=', 'waiting')
    .where('event_sequence', '>', claimed.eventSequence);
  if (after.nextAttemptAt) {
    await trx
      .updateTable('deliveries')
      .set({ next_attempt_at: after.nextAttemptAt })
      .where('id', 'in', followers.where('next_attempt_at', '<', after.nextAttemptAt))
      .execute();
    return;
  }
  await trx
    .updateTable('deliveries')
    .set({ next_attempt_at: at })
    .where('id', '=', followers.orderBy('event_sequence').limit(1))
    .where('next_attempt_at', '>', at)
    .where('rung', '=', 0)
    .execute();
}
