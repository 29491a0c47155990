import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';
import type { PlanFilter } from './catalogue-readings.ts';

export interface OverrideKey extends PlanKey {
  readonly termUnit: string;
  readonly dimension: string;
}

/** Empty `publisherId` and `termUnit`: every publisher, every term. Null `included`: unlimited. */
export interface OverrideRow extends OverrideKey {
  readonly included: string | null;
  readonly since: Date;
  /** When it was removed or replaced. */
  readonly until: Date | null;
}

export type OverrideCursor = readonly [
  publisherId: string,
  offerId: string,
  planId: string,
  termUnit: string,
  dimension: string,
];

/** The overrides in force of one publisher; without a publisher, those of every publisher and of each one. */
export async function selectOverrides(
  db: Db['kysely'],
  publisherId: string | undefined,
  page: { readonly after: OverrideCursor | undefined; readonly limit: number },
): Promise<readonly OverrideRow[]> {
  let query = db
    .selectFrom('overrides')
    .select(['publisherId', 'offerId', 'planId', 'termUnit', 'dimension'])
    .select(['included', 'since', 'until'])
    .where('until', 'is', null)
    .orderBy('publisherId')
    .orderBy('offerId')
    .orderBy('planId')
    .orderBy('termUnit')
    .orderBy('dimension')
    .limit(page.limit);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (page.after) {
    const [publisher, offerId, planId, termUnit, dimension] = page.after;
    query = query.where(
      sql<boolean>`(publisher_id, offer_id, plan_id, term_unit, dimension) > (${publisher}::text,
        ${offerId}::text, ${planId}::text, ${termUnit}::text, ${dimension}::text)`,
    );
  }
  return await query.execute();
}

/** The override that is in force for exactly this key. */
export async function findOverride(
  db: Db['kysely'],
  key: OverrideKey,
): Promise<OverrideRow | undefined> {
  return await db
    .selectFrom('overrides')
    .select(['publisherId', 'offerId', 'planId', 'termUnit', 'dimension'])
    .select(['included', 'since', 'until'])
    .where((of) => of.and(key))
    .where('until', 'is', null)
    .executeTakeFirst();
}

/** Every override that is or was in force for the plans of a filter. Those of every publisher are included. */
export async function overrideHistory(
  db: Db['kysely'],
  filter: PlanFilter & { readonly onlyInForce?: boolean },
): Promise<readonly OverrideRow[]> {
  const { publisherId, offerId, planId, onlyInForce = false } = filter;
  let query = db
    .selectFrom('overrides')
    .select(['publisherId', 'offerId', 'planId', 'termUnit', 'dimension'])
    .select(['included', 'since', 'until']);
  if (publisherId !== undefined) query = query.where('publisherId', 'in', ['', publisherId]);
  if (offerId !== undefined) query = query.where('offerId', '=', offerId);
  if (planId !== undefined) query = query.where('planId', '=', planId);
  if (onlyInForce) query = query.where('until', 'is', null);
  return await query.execute();
}

/** Sets an override. False: it was in force already, and nothing has changed. */
export async function putOverride(
  trx: Trx,
  override: OverrideKey & { readonly included: string | null },
  now: Date,
): Promise<boolean> {
  const { included, ...key } = override;
  await lock(trx);
  const inForce = await trx
    .selectFrom('overrides')
    .select('included')
    .where((of) => of.and(key))
    .where('until', 'is', null)
    .executeTakeFirst();
  if (inForce?.included === included) return false;
  await endOverride(trx, key, now);
  await trx
    .insertInto('overrides')
    .values({ ...key, included, since: now, until: null })
    .execute();
  return true;
}

/** Ends an override. False: there was none. */
export async function removeOverride(trx: Trx, key: OverrideKey, now: Date): Promise<boolean> {
  await lock(trx);
  return await endOverride(trx, key, now);
}

async function endOverride(trx: Trx, key: OverrideKey, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('overrides')
    .set({ until: now })
    .where((of) => of.and(key))
    .where('until', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** People set overrides rarely, so one lock for all of them keeps two calls from replacing the same one. */
async function lock(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('overrides', 0))`.execute(trx);
}
