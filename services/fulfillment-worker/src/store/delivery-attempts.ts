import { sql } from 'kysely';
import type { DeliveryState } from '../db/delivery-tables.ts';
import type { Trx } from '../db/schema.ts';
import type { ClaimedDelivery } from './claim-deliveries.ts';

/** Where a delivery stands on its schedule. */
export interface DeliveryProgress {
  readonly state: DeliveryState;
  readonly attempt: number;
  readonly nextAttemptAt: Date | null;
}

/** An attempt as its history keeps it. */
export interface MadeAttempt {
  readonly at: Date;
  readonly status?: number | undefined;
  readonly failure?: string | undefined;
  readonly answerCode?: string | undefined;
  readonly durationMs: number;
  readonly replayedBy: string | null;
}

/** Locks a delivery that this process has claimed. Undefined: another process holds it by now. */
export async function lockClaimed(
  trx: Trx,
  claimed: ClaimedDelivery,
): Promise<(DeliveryProgress & { readonly replayedBy: string | null }) | undefined> {
  const row = await trx
    .selectFrom('deliveries')
    .select(['state', 'rung', 'nextAttemptAt', 'replayedBy'])
    .where('id', '=', claimed.id)
    .where('fence', '=', claimed.fence)
    .forUpdate()
    .executeTakeFirst();
  return (
    row && {
      state: row.state,
      attempt: row.rung,
      nextAttemptAt: row.nextAttemptAt,
      replayedBy: row.replayedBy,
    }
  );
}

/**
 * Stores what came of an attempt. A resend already has a row since it was requested; the oldest open row is
 * the one that was made.
 */
export async function recordAttempt(
  trx: Trx,
  claimed: ClaimedDelivery,
  attempt: MadeAttempt,
): Promise<void> {
  const { at, status, failure, answerCode, durationMs, replayedBy } = attempt;
  const result = {
    at,
    status: status ?? null,
    failure: failure ?? null,
    answerCode: answerCode ?? null,
    durationMs,
  };
  if (claimed.isManual) {
    const made = await trx
      .updateTable('deliveryAttempts')
      .set(result)
      .where('id', '=', (of) =>
        of
          .selectFrom('deliveryAttempts')
          .select('id')
          .where('deliveryId', '=', claimed.id)
          .where('at', 'is', null)
          .orderBy('id')
          .limit(1),
      )
      .executeTakeFirst();
    if (made.numUpdatedRows === 1n) return;
  }
  await trx
    .insertInto('deliveryAttempts')
    .values({ deliveryId: claimed.id, cause: 'schedule', requestedBy: replayedBy, ...result })
    .execute();
}

export async function saveProgress(
  trx: Trx,
  claimed: ClaimedDelivery,
  change: {
    readonly before: DeliveryProgress;
    readonly after: DeliveryProgress;
    readonly at: Date;
  },
): Promise<void> {
  const { before, after, at } = change;
  const isNew = after.state !== before.state;
  await trx
    .updateTable('deliveries')
    .set({
      state: after.state,
      rung: after.attempt,
      attempts: sql<number>`attempts + 1`,
      nextAttemptAt: after.nextAttemptAt,
      leaseUntil: null,
      // Resends that were requested during this attempt are still due.
      manualAt: sql<Date | null>`case when exists (
        select from delivery_attempts where delivery_id = ${claimed.id} and at is null)
        then ${at}::timestamptz end`,
      ...(isNew && after.state === 'delivered' ? { deliveredAt: at, deadAt: null } : {}),
      ...(isNew && after.state === 'dead' ? { deadAt: at } : {}),
    })
    .where('id', '=', claimed.id)
    .execute();
}

/**
 * Later events of the subscription wait for this one. While it waits they are postponed with it, so that a
 * long queue is not read every second. When it is over, the next one is due.
 */
export async function moveFollowers(
  trx: Trx,
  claimed: ClaimedDelivery,
  change: { readonly after: DeliveryProgress; readonly at: Date },
): Promise<void> {
  const { after, at } = change;
  const followers = trx
    .selectFrom('deliveries')
    .select('id')
    .where('destinationId', '=', claimed.destinationId)
    .where('subscriptionId', '=', claimed.subscriptionId)
    .where('state', '=', 'waiting')
    .where('eventSequence', '>', claimed.eventSequence);
  if (after.nextAttemptAt) {
    await trx
      .updateTable('deliveries')
      .set({ nextAttemptAt: after.nextAttemptAt })
      .where('id', 'in', followers.where('nextAttemptAt', '<', after.nextAttemptAt))
      .execute();
    return;
  }
  await trx
    .updateTable('deliveries')
    .set({ nextAttemptAt: at })
    .where('id', '=', followers.orderBy('eventSequence').limit(1))
    .where('nextAttemptAt', '>', at)
    .where('rung', '=', 0)
    .execute();
}
