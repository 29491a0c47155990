import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import type { ChargeRow } from './due-charges.ts';

export interface ChargeFilter {
  readonly publisherId: string | undefined;
  /** Charges of this subscription, and of its plan. */
  readonly subscriptionId?: string | undefined;
}

/** Charges that were not removed, by id. */
export async function listCharges(
  db: Db['kysely'],
  { publisherId, subscriptionId }: ChargeFilter,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ChargeRow[]> {
  let query = db
    .selectFrom('recurringCharges')
    .selectAll()
    .where('endedAt', 'is', null)
    .orderBy('id')
    .limit(page.limit);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (subscriptionId !== undefined) {
    query = query.where(
      sql<boolean>`(subscription_id = ${subscriptionId} or (subscription_id is null and exists (
        select from subscriptions s where s.id = ${subscriptionId}
          and s.offer_id = recurring_charges.offer_id and s.plan_id = recurring_charges.plan_id
          and recurring_charges.publisher_id in ('', s.publisher_id))))`,
    );
  }
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  return await query.execute();
}

/** False if the id is taken. */
export async function insertCharge(trx: Trx, charge: ChargeRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('recurringCharges')
    .values(charge)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function lockCharge(trx: Trx, id: string): Promise<ChargeRow | undefined> {
  return await trx
    .selectFrom('recurringCharges')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function updateCharge(
  trx: Trx,
  id: string,
  changes: Pick<ChargeRow, 'quantity' | 'untilAt' | 'label' | 'nextAt'>,
): Promise<void> {
  await trx.updateTable('recurringCharges').set(changes).where('id', '=', id).execute();
}

export async function endCharge(trx: Trx, id: string, now: Date): Promise<void> {
  await trx
    .updateTable('recurringCharges')
    .set({ endedAt: now, nextAt: null })
    .where('id', '=', id)
    .execute();
}

/** The publisher of a charge, also of a removed one. Empty: every publisher. */
export async function publisherOfCharge(db: Db['kysely'], id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('recurringCharges')
    .select('publisherId')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.publisherId;
}

/** The runs of a charge, latest first. */
export async function listRuns(
  db: Db['kysely'],
  chargeId: string,
  page: {
    readonly after: readonly [dueAt: string, id: string] | undefined;
    readonly limit: number;
  },
) {
  let query = db
    .selectFrom('recurringRuns')
    .selectAll()
    .where('chargeId', '=', chargeId)
    .orderBy('dueAt', 'desc')
    .orderBy('subscriptionId', 'desc')
    .limit(page.limit);
  if (page.after) {
    const [dueAt, id] = page.after;
    query = query.where(
      sql<boolean>`(due_at, subscription_id) < (${dueAt}::timestamptz, ${id}::text)`,
    );
  }
  return await query.execute();
}

/** Enough to see that something is wrong; counting on would read every row after a long outage. */
const MAX_COUNTED = 10_000;

/** Runs since a moment that reported nothing although they should have, by outcome. */
export async function countFailedRuns(
  db: Db['kysely'],
  since: Date,
): Promise<readonly { readonly outcome: string; readonly runs: number }[]> {
  const { rows } = await sql<{ outcome: string; runs: number }>`
    select outcome, (select count(*)::int from (select from recurring_runs r
      where r.outcome = outcomes.outcome and r.outcome in ('missed', 'refused') and ran_at >= ${since}
      limit ${MAX_COUNTED}) as found) as runs
    from unnest(array['missed', 'refused']) as outcomes (outcome)
  `.execute(db);
  return rows;
}
