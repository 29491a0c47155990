import { sql, type Selectable } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import type { DestinationRow } from './destinations.ts';
import type {
  DeliveriesTable,
  DeliveryAttemptsTable,
  DeliveryState,
} from '../db/delivery-tables.ts';

export type DeliveryRow = Selectable<DeliveriesTable>;

/** Far more than the schedule and any resends by hand; bounds one answer. */
const MAX_HISTORY = 200;

export async function findDelivery(
  db: Db['kysely'],
  id: string,
): Promise<(DeliveryRow & { readonly body: string }) | undefined> {
  return await db
    .selectFrom('deliveries')
    .innerJoin('productEvents', 'productEvents.id', 'deliveries.eventId')
    .selectAll('deliveries')
    .select('productEvents.body')
    .where('deliveries.id', '=', id)
    .executeTakeFirst();
}

/** The attempts that were made, oldest first. */
export async function historyOf(
  db: Db['kysely'],
  deliveryId: string,
): Promise<(Selectable<DeliveryAttemptsTable> & { readonly at: Date })[]> {
  return await db
    .selectFrom('deliveryAttempts')
    .selectAll()
    .where('deliveryId', '=', deliveryId)
    .where('at', 'is not', null)
    .$narrowType<{ at: Date }>()
    .orderBy('id')
    .limit(MAX_HISTORY)
    .execute();
}

export async function listDeliveries(
  db: Db['kysely'],
  wanted: {
    readonly publisherId: string | undefined;
    readonly destinationId?: string | undefined;
    readonly state?: DeliveryState | undefined;
    readonly type?: string | undefined;
    readonly subscriptionId?: string | undefined;
    readonly until?: Date | undefined;
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<DeliveryRow[]> {
  const { publisherId, destinationId, state, subscriptionId, until, before } = wanted;
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(wanted.limit);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (destinationId !== undefined) query = query.where('destinationId', '=', destinationId);
  if (state !== undefined) query = query.where('state', '=', state);
  if (wanted.type !== undefined) query = query.where('type', '=', wanted.type);
  if (subscriptionId !== undefined) query = query.where('subscriptionId', '=', subscriptionId);
  if (until) query = query.where('createdAt', '<', until);
  if (before)
    query = query.where(sql<boolean>`(created_at, id) < (${before.at}, ${before.id}::uuid)`);
  return await query.execute();
}

/** Stores a test event: one attempt at one destination, outside schedule and filters. */
export async function insertPing(
  trx: Trx,
  ping: {
    readonly id: string;
    readonly destination: Pick<DestinationRow, 'id' | 'publisherId' | 'channel'>;
    readonly recipient?: string | undefined;
    readonly eventId: string;
    readonly body: string;
    readonly at: Date;
  },
): Promise<DeliveryRow> {
  const { id, destination, eventId, body, at } = ping;
  const { sequence } = await trx
    .insertInto('productEvents')
    .values({ id: eventId, body, createdAt: at })
    .returning('sequence')
    .executeTakeFirstOrThrow();
  return await trx
    .insertInto('deliveries')
    .values({
      id,
      destinationId: destination.id,
      publisherId: destination.publisherId,
      channel: destination.channel,
      recipient: ping.recipient ?? null,
      eventId,
      eventSequence: sequence,
      type: 'ping',
      subscriptionId: null,
      state: 'waiting',
      nextAttemptAt: null,
      manualAt: at,
      replayedBy: null,
      releasedRung: null,
      leaseUntil: null,
      deliveredAt: null,
      deadAt: null,
      createdAt: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Requests one more attempt and stores who requested it. Several requests are made one after the other. */
export async function requestResend(
  trx: Trx,
  request: { readonly deliveryId: string; readonly requestedBy: string; readonly at: Date },
): Promise<DeliveryRow | undefined> {
  const { deliveryId, requestedBy, at } = request;
  const row = await trx
    .updateTable('deliveries')
    .set({ manualAt: at })
    .where('id', '=', deliveryId)
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  await trx
    .insertInto('deliveryAttempts')
    .values({
      deliveryId,
      cause: 'resend',
      requestedBy,
      at: null,
      status: null,
      failure: null,
      answerCode: null,
      durationMs: null,
    })
    .execute();
  return row;
}

/** Rows per statement of a release, so that no lock is held for long. */
const RELEASE_BATCH = 1_000;
/** Enough for the events that a product misses in days of trouble. Further events follow their schedule. */
const MAX_RELEASE_BATCHES = 50;

/**
 * The destination works again: waiting deliveries are due now, oldest first. Each goes one step back in the
 * schedule, so that an early attempt that fails costs no step. This happens once per step. Returns the number of
 * released deliveries.
 */
export async function releaseWaiting(
  db: Db['kysely'],
  destinationId: string,
  at: Date,
): Promise<number> {
  let released = 0;
  for (let batch = 0; batch < MAX_RELEASE_BATCHES; batch += 1) {
    const { numAffectedRows = 0n } = await sql`
      update deliveries set next_attempt_at = ${at}, released_rung = rung, rung = greatest(rung - 1, 0)
      where id = any(array(
        select id from deliveries
        where destination_id = ${destinationId} and next_attempt_at > ${at}
          and (rung = 0 or rung > coalesce(released_rung, 0))
          and (lease_until is null or lease_until < now())
        order by event_sequence limit ${RELEASE_BATCH} for update skip locked))
    `.execute(db);
    released += Number(numAffectedRows);
    if (numAffectedRows < BigInt(RELEASE_BATCH)) break;
  }
  return released;
}

/** Marks waiting deliveries that were created before this time as dead, oldest first. Returns their number. */
export async function giveUpDeliveries(
  db: Db['kysely'],
  wanted: { readonly at: Date; readonly createdBefore: Date; readonly limit: number },
): Promise<number> {
  const { at, createdBefore, limit } = wanted;
  const { numAffectedRows = 0n } = await sql`
    update deliveries set state = 'dead', dead_at = ${at}, next_attempt_at = null
    where id in (select id from deliveries
      where state = 'waiting' and created_at < ${createdBefore}
        and (lease_until is null or lease_until < now())
      order by created_at limit ${limit})
  `.execute(db);
  return Number(numAffectedRows);
}

/** How many deliveries of a destination were not made. */
export async function countUndelivered(
  db: Db['kysely'] | Trx,
  destinationId: string,
): Promise<number> {
  const { count } = await db
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('destinationId', '=', destinationId)
    .where('state', '<>', 'delivered')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Removes up to `limit` deliveries of a destination that were not made. Returns their number. */
export async function removeUndelivered(
  db: Db['kysely'] | Trx,
  destinationId: string,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from deliveries where id = any(array(
      select id from deliveries
      where destination_id = ${destinationId} and state in ('waiting', 'dead') limit ${limit}))
  `.execute(db);
  return Number(numAffectedRows);
}

/** Gives up the oldest deliveries of disabled destinations with more than `most` of them. Returns their number. */
export async function giveUpOverflow(
  db: Db['kysely'],
  wanted: { readonly at: Date; readonly most: number; readonly limit: number },
): Promise<number> {
  const { at, most, limit } = wanted;
  const { numAffectedRows = 0n } = await sql`
    update deliveries set state = 'dead', dead_at = ${at}, next_attempt_at = null
    where id = any(array(
      select old.id from destinations cross join lateral (
        select id from deliveries
        where destination_id = destinations.id and state = 'waiting'
          and (lease_until is null or lease_until < now())
        order by created_at desc, id desc offset ${most} limit ${limit}) as old
      where destinations.state = 'disabled' limit ${limit}))
  `.execute(db);
  return Number(numAffectedRows);
}

/** Removes deliveries that wait for addresses which the destination no longer has. */
export async function removeForRecipients(
  trx: Trx,
  destinationId: string,
  { except }: { readonly except: readonly string[] },
): Promise<void> {
  await sql`
    delete from deliveries
    where destination_id = ${destinationId} and state = 'waiting' and recipient <> all(${except}::text[])
      and (lease_until is null or lease_until < now())
  `.execute(trx);
}

export interface ReplayWanted {
  readonly destinationId: string;
  /** Time at which the event was recorded: from `since`, before `until`. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export async function countReplayable(db: Db['kysely'], wanted: ReplayWanted): Promise<number> {
  const { count } = await replayable(db, wanted)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The first deliveries that would be replayed, in that order. */
export async function nameReplayable(db: Db['kysely'], wanted: ReplayWanted, limit: number) {
  const rows = await replayable(db, wanted)
    .select(['id', 'type', 'subscriptionId'])
    .orderBy('eventSequence')
    .limit(limit)
    .execute();
  return rows.map(({ id, type, subscriptionId }) => ({
    deliveryId: id,
    type,
    subscriptionId: subscriptionId ?? undefined,
  }));
}

/** Restarts the schedule of up to `limit` deliveries, oldest first. Returns their number. */
export async function replay(
  db: Db['kysely'],
  wanted: ReplayWanted & { readonly requestedBy: string; readonly at: Date },
  limit: number,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({
      state: 'waiting',
      rung: 0,
      releasedRung: null,
      nextAttemptAt: wanted.at,
      replayedBy: wanted.requestedBy,
      deadAt: null,
    })
    .where('id', 'in', replayable(db, wanted).select('id').orderBy('eventSequence').limit(limit))
    .where('state', '<>', 'delivered')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Dead deliveries, and those on the schedule. A waiting one is attempted now. */
function replayable(db: Db['kysely'], { destinationId, since, until }: ReplayWanted) {
  let query = db
    .selectFrom('deliveries')
    .where('destinationId', '=', destinationId)
    .where((is) => is.or([is('state', '=', 'dead'), is('nextAttemptAt', 'is not', null)]))
    .where('type', '<>', 'ping');
  if (since) query = query.where('createdAt', '>=', since);
  if (until) query = query.where('createdAt', '<', until);
  return query;
}
