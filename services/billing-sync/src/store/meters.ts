import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';

export interface MeterKey extends PlanKey {
  readonly meter: string;
}

/** Usage of the term from `from` units on counts for `dimension`. */
export interface Tier {
  readonly from: string;
  readonly dimension: string;
}

/** Empty `publisherId`: every publisher. */
export interface MeterRow extends MeterKey {
  readonly tiers: readonly Tier[];
  readonly since: Date;
}

export type MeterCursor = readonly [
  publisherId: string,
  offerId: string,
  planId: string,
  meter: string,
];

/** The meters of one publisher; without a publisher, those of every publisher and of each one. */
export async function selectMeters(
  db: Db['kysely'],
  publisherId: string | undefined,
  page: { readonly after: MeterCursor | undefined; readonly limit: number },
): Promise<readonly MeterRow[]> {
  let query = db
    .selectFrom('meters')
    .select(['publisherId', 'offerId', 'planId', 'meter', 'tiers', 'since'])
    .where('until', 'is', null)
    .orderBy('publisherId')
    .orderBy('offerId')
    .orderBy('planId')
    .orderBy('meter')
    .limit(page.limit);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (page.after) {
    const [publisher, offerId, planId, meter] = page.after;
    query = query.where(
      sql<boolean>`(publisher_id, offer_id, plan_id, meter)
        > (${publisher}::text, ${offerId}::text, ${planId}::text, ${meter}::text)`,
    );
  }
  return await query.execute();
}

/** The meter that is in force under exactly this key. */
export async function findMeter(db: Db['kysely'], key: MeterKey): Promise<MeterRow | undefined> {
  return await db
    .selectFrom('meters')
    .select(['publisherId', 'offerId', 'planId', 'meter', 'tiers', 'since'])
    .where((of) => of.and(key))
    .where('until', 'is', null)
    .executeTakeFirst();
}

/** Sets up a meter. False: it was in force already with these tiers, and nothing has changed. */
export async function putMeter(
  trx: Trx,
  { tiers, ...key }: MeterKey & { readonly tiers: readonly Tier[] },
  now: Date,
): Promise<boolean> {
  await lock(trx);
  const inForce = await trx
    .selectFrom('meters')
    .select('tiers')
    .where((of) => of.and(key))
    .where('until', 'is', null)
    .executeTakeFirst();
  if (inForce && textOf(inForce.tiers) === textOf(tiers)) return false;
  await endMeter(trx, key, now);
  await trx
    .insertInto('meters')
    .values({ ...key, tiers: JSON.stringify(tiers), since: now, until: null })
    .execute();
  return true;
}

/** Ends a meter. False: there was none. */
export async function removeMeter(trx: Trx, key: MeterKey, now: Date): Promise<boolean> {
  await lock(trx);
  return await endMeter(trx, key, now);
}

async function endMeter(trx: Trx, key: MeterKey, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('meters')
    .set({ until: now })
    .where((of) => of.and(key))
    .where('until', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** People set up meters rarely, so one lock for all of them keeps two calls from replacing the same one. */
async function lock(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('meters', 0))`.execute(trx);
}

function textOf(tiers: readonly Tier[]): string {
  return JSON.stringify(tiers.map(({ from, dimension }) => [from, dimension]));
}
