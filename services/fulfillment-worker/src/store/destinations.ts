import { sql, type Selectable } from 'kysely';
import type { Channel, QuietHours } from '@landfall/contracts/channels';
import type { Db, Trx } from '../db/schema.ts';
import type { DestinationsTable, DisabledBecause } from '../db/delivery-tables.ts';

export type DestinationRow = Selectable<DestinationsTable>;

export interface DestinationHealth {
  readonly failingSince: Date | null;
  readonly alertStep: number;
}

export interface DestinationSettings extends Readonly<
  Pick<
    DestinationRow,
    | 'label'
    | 'url'
    | 'types'
    | 'offerIds'
    | 'isOrdered'
    | 'recipients'
    | 'matterKinds'
    | 'severities'
    | 'language'
    | 'digest'
    | 'digestHour'
    | 'timeZone'
  >
> {
  readonly quietHours: QuietHours | null;
}

/** When a secret begins and ends. The secret itself is not included. */
export interface SecretSpan {
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

/**
 * False if the publisher already has `limit` destinations. Without a publisher, destinations for all
 * publishers are counted.
 */
export async function insertDestination(
  trx: Trx,
  settings: DestinationSettings & {
    readonly id: string;
    readonly channel: Channel;
    readonly publisherId: string | undefined;
    readonly at: Date;
  },
  limit: number,
): Promise<boolean> {
  const { id, at, publisherId = null, quietHours, ...columns } = settings;
  const { count } = await trx
    .selectFrom('destinations')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('publisherId', 'is not distinct from', publisherId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= limit) return false;
  await trx
    .insertInto('destinations')
    .values({ ...columns, ...quietHoursOf(quietHours), id, publisherId, createdAt: at })
    .execute();
  return true;
}

/** Changes the given settings. Those that are undefined stay as they are. */
export async function updateDestination(
  trx: Trx,
  id: string,
  changes: Partial<DestinationSettings>,
): Promise<DestinationRow | undefined> {
  const { quietHours, ...columns } = changes;
  return await trx
    .updateTable('destinations')
    .set({ id, ...columns, ...(quietHours === undefined ? {} : quietHoursOf(quietHours)) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

function quietHoursOf(quietHours: QuietHours | null) {
  return { quietHours: quietHours && JSON.stringify(quietHours) };
}

export async function findDestination(
  db: Db['kysely'] | Trx,
  id: string,
): Promise<DestinationRow | undefined> {
  return await db.selectFrom('destinations').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function lockDestination(trx: Trx, id: string): Promise<DestinationRow | undefined> {
  return await trx
    .selectFrom('destinations')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Removes a destination with its secrets and notices. What was delivered stays as history until its retention ends. */
export async function removeDestination(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('notices').where('destinationId', '=', id).execute();
  await trx.deleteFrom('destinationSecrets').where('destinationId', '=', id).execute();
  await trx.deleteFrom('destinations').where('id', '=', id).execute();
}

/** Whether the rules of any publisher ask this destination to decide on changes. */
export async function isAskedByRules(db: Db['kysely'] | Trx, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from (select settings from policy union all select settings from publisher_policies) as p
    where settings -> 'ask' ->> 'destinationId' = ${id} limit 1
  `.execute(db);
  return rows.length > 0;
}

export async function listDestinations(
  db: Db['kysely'],
  page: {
    readonly publisherId: string | undefined;
    readonly channel?: Channel | undefined;
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<DestinationRow[]> {
  let query = db
    .selectFrom('destinations')
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.publisherId !== undefined) {
    query = query.where('publisherId', '=', page.publisherId);
  }
  if (page.channel !== undefined) query = query.where('channel', '=', page.channel);
  if (page.before) {
    const { at, id } = page.before;
    query = query.where(sql<boolean>`(created_at, id) < (${at}, ${id}::uuid)`);
  }
  return await query.execute();
}

/** Enables a destination: it counts as healthy, and its waiting deliveries begin their schedule again. */
export async function enableDestination(
  trx: Trx,
  id: string,
  at: Date,
): Promise<DestinationRow | undefined> {
  const row = await trx
    .updateTable('destinations')
    .set({
      state: 'enabled',
      disabledBecause: null,
      failingSince: null,
      alertStep: 0,
      pausedUntil: null,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  await trx
    .updateTable('deliveries')
    .set({
      rung: 0,
      releasedRung: null,
      nextAttemptAt: sql<Date>`least(next_attempt_at, ${at})`,
    })
    .where('destinationId', '=', id)
    .where('nextAttemptAt', 'is not', null)
    .where((is) => is.or([is('nextAttemptAt', '>', at), is('rung', '>', 0)]))
    .execute();
  return row;
}

/** Disables a destination. If it is already disabled, it keeps its first reason and `isNew` is false. */
export async function disableDestination(
  db: Db['kysely'],
  id: string,
  because: DisabledBecause,
): Promise<{ readonly isNew: boolean }> {
  const { numUpdatedRows } = await db
    .updateTable('destinations')
    .set({ state: 'disabled', disabledBecause: because })
    .where('id', '=', id)
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  return { isNew: numUpdatedRows === 1n };
}

/** Clears the failure of a destination. False if it was not failing. */
export async function markWorking(db: Db['kysely'], id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('destinations')
    .set({ failingSince: null, alertStep: 0 })
    .where('id', '=', id)
    .where('failingSince', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Stores that a destination is failing. False if another process did so in the meantime. */
export async function markFailing(
  db: Db['kysely'],
  before: DestinationRow,
  diagnosis: DestinationHealth,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('destinations')
    .set({ failingSince: diagnosis.failingSince, alertStep: diagnosis.alertStep })
    .where('id', '=', before.id)
    .where('alertStep', '=', before.alertStep)
    .where(sql<boolean>`failing_since is not distinct from ${before.failingSince}`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function pauseDestination(db: Db['kysely'], id: string, until: Date): Promise<void> {
  await db
    .updateTable('destinations')
    .set({ pausedUntil: sql<Date>`greatest(paused_until, ${until})` })
    .where('id', '=', id)
    .execute();
}

/** Enough to see what is wrong. */
const MAX_NAMED = 5;

/** Destinations of notices that fail, or that Landfall has disabled. */
export async function failingNoticeDestinations(
  db: Db['kysely'],
  publisherId: string | undefined,
): Promise<Pick<DestinationRow, 'label' | 'channel'>[]> {
  let query = db
    .selectFrom('destinations')
    .select(['label', 'channel'])
    .where('channel', '<>', 'product')
    .where((is) =>
      is.or([
        is.and([is('state', '=', 'enabled'), is('failingSince', 'is not', null)]),
        is('disabledBecause', 'in', ['gone', 'failing']),
      ]),
    )
    .orderBy('createdAt')
    .limit(MAX_NAMED);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  return await query.execute();
}
