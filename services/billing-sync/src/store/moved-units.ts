import type { Trx } from '../db/schema.ts';
import { sql } from 'kysely';
import { hourEnd } from '@landfall/domain/usage';
import type { HourKey } from './hours.ts';
import { ADDED, ms } from './usage-records.ts';

/** Units to move. `used` units are rated in their new hour; `reported` units have been rated already. */
export interface Moved extends HourKey {
  readonly quantity: number;
  readonly kind: 'used' | 'reported';
  readonly reason: 'late' | 'quantity-mismatch' | 'expired';
}

/**
 * Moves units from an hour that cannot change into the current hour, and stores an adjustment in any case. False if the
 * subscription has ended, so that the units are not billed.
 */
export async function moveUnits(
  trx: Trx,
  moved: Moved,
  options: { readonly now: Date; readonly currentHour: Date; readonly graceMs: number },
): Promise<boolean> {
  const { now, currentHour, graceMs } = options;
  // The current hour may have ended and been sent since `now`; then the next hour takes the units.
  const toHour =
    (await bookMoved(trx, moved, { now, hour: currentHour, graceMs })) ??
    (await bookMoved(trx, moved, { now, hour: hourEnd(currentHour), graceMs }));
  if (!toHour) await markLost(trx, moved);
  await insertAdjustment(trx, moved, { toHour: toHour ?? null, at: now });
  return toHour !== undefined;
}

/** Stores an adjustment for units that were given up: they are not billed, and no other hour gets them. */
export async function noteLostUnits(
  trx: Trx,
  lost: HourKey & Pick<Moved, 'quantity' | 'reason'>,
  now: Date,
): Promise<void> {
  await insertAdjustment(trx, lost, { toHour: null, at: now });
}

async function insertAdjustment(
  trx: Trx,
  moved: HourKey & Pick<Moved, 'quantity' | 'reason'>,
  to: { readonly toHour: Date | null; readonly at: Date },
): Promise<void> {
  await trx
    .insertInto('adjustments')
    .values({
      subscriptionId: moved.subscriptionId,
      dimension: moved.dimension,
      fromHour: moved.hour,
      toHour: to.toHour,
      quantity: String(moved.quantity),
      reason: moved.reason,
      at: to.at,
    })
    .execute();
}

/** The hour, or undefined if it cannot take the units: it was sent, or the subscription has ended. */
async function bookMoved(
  trx: Trx,
  moved: Moved,
  options: { readonly now: Date; readonly hour: Date; readonly graceMs: number },
): Promise<Date | undefined> {
  const { now, hour, graceMs } = options;
  const quantity = String(moved.quantity);
  const used = moved.kind === 'used' ? quantity : '0';
  const reported = moved.kind === 'reported' ? quantity : '0';
  const booked = await sql`
    insert into usage_hours as h (subscription_id, publisher_id, dimension, hour, plan_id, used,
      reported, state, first_used_at, last_used_at, due_at)
    select s.id, s.publisher_id, ${moved.dimension}::text, ${hour}::timestamptz, s.plan_id, ${used}::numeric,
           ${reported}::numeric, 'open', ${now}::timestamptz, ${now}::timestamptz,
           ${hour}::timestamptz + interval '1 hour' + ${ms(graceMs)}
    from subscriptions s where s.id = ${moved.subscriptionId} and s.ended_at is null
    on conflict (subscription_id, dimension, hour) do update set
      ${ADDED}
    where not h.sealed
    returning 1`.execute(trx);
  return booked.rows.length > 0 ? hour : undefined;
}

/** Notes on the original hour that units are missing. What was sent for it does not change. */
async function markLost(trx: Trx, moved: Moved): Promise<void> {
  await trx
    .updateTable('usageHours')
    .set((of) => ({ problem: of.fn.coalesce('problem', sql<string>`'units-lost'`) }))
    .where('subscriptionId', '=', moved.subscriptionId)
    .where('dimension', '=', moved.dimension)
    .where('hour', '=', moved.hour)
    .execute();
}
