import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';

export interface PlanFilter {
  readonly publisherId: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
}

/** Lists the plans of live subscriptions that are not listed yet, and plans whose usage may still be unbilled. */
export async function listPlansOfSubscriptions(
  db: Db['kysely'],
  filter: PlanFilter,
  now: Date,
): Promise<void> {
  const endedAfter = new Date(now.getTime() - UNBILLED_MS);
  await sql`
    insert into catalogue_readings (publisher_id, offer_id, plan_id, next_at)
    select distinct s.publisher_id, s.offer_id, v.plan_id, ${now}::timestamptz
    from subscriptions s join subscription_versions v on v.subscription_id = s.id
    where (s.ended_at is null or s.ended_at > ${endedAfter})
      and s.publisher_id = coalesce(${filter.publisherId ?? null}, s.publisher_id)
      and s.offer_id = coalesce(${filter.offerId ?? null}, s.offer_id)
      and v.plan_id = coalesce(${filter.planId ?? null}, v.plan_id)
    on conflict do nothing`.execute(db);
}

/** Microsoft's window of a day, and a day for late records and a stopped service. */
const UNBILLED_MS = 48 * 60 * 60 * 1000;

/** Makes the plans of live subscriptions due. Returns how many there are. */
export async function readSoon(db: Db['kysely'], filter: PlanFilter, now: Date): Promise<number> {
  const { rows } = await sql`
    update catalogue_readings r set next_at = ${now}
    where r.publisher_id = coalesce(${filter.publisherId ?? null}, r.publisher_id)
      and r.offer_id = coalesce(${filter.offerId ?? null}, r.offer_id)
      and r.plan_id = coalesce(${filter.planId ?? null}, r.plan_id)
      and exists (select from subscriptions s where s.publisher_id = r.publisher_id
        and s.offer_id = r.offer_id and s.plan_id = r.plan_id and s.ended_at is null)
    returning r.plan_id`.execute(db);
  return rows.length;
}

export interface DueReading extends PlanKey {
  readonly attempts: number;
  readonly readAt: Date | null;
  readonly problem: string | null;
}

/**
 * Takes the plan that has been due longest, for `leaseMs`. Undefined if none is due, or if another process reads a plan
 * of the same publisher. The transaction must be short: others wait for it.
 */
export async function claimReading(
  trx: Trx,
  of: { readonly publisherId: string | undefined; readonly now: Date; readonly leaseMs: number },
): Promise<DueReading | undefined> {
  const { publisherId, now } = of;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`catalogue-readings ${publisherId ?? ''}`}, 0))`.execute(
    trx,
  );
  const isOurs = sql`publisher_id = coalesce(${publisherId ?? null}, publisher_id)`;
  const { rows } = await sql<DueReading>`
    update catalogue_readings set leased_until = ${new Date(now.getTime() + of.leaseMs)}
    where (publisher_id, offer_id, plan_id) = (
      select publisher_id, offer_id, plan_id from catalogue_readings
      where next_at <= ${now} and ${isOurs}
        and not exists (select from catalogue_readings where leased_until > ${now} and ${isOurs})
      order by next_at, publisher_id, offer_id, plan_id limit 1)
    returning publisher_id, offer_id, plan_id, attempts, read_at, problem`.execute(trx);
  return rows[0];
}

/**
 * Subscriptions whose list can contain the plan, the best first: one that has it, no test purchase (which may be of an
 * unpublished offer), the youngest. Others of the offer can often change to the plan, and are then shown it too.
 */
export async function subscriptionsToAsk(
  db: Db['kysely'],
  plan: PlanKey,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from subscriptions
    where publisher_id = ${plan.publisherId} and offer_id = ${plan.offerId} and ended_at is null
    order by plan_id = ${plan.planId} desc, is_test, purchased_at desc nulls last, id
    limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** After a success: the plans of the answer are read again at `nextAt`. */
export async function saveRead(
  trx: Trx,
  of: Omit<PlanKey, 'planId'> & { readonly planIds: readonly string[] },
  times: { readonly now: Date; readonly nextAt: Date },
): Promise<void> {
  await trx
    .updateTable('catalogueReadings')
    .set({ nextAt: times.nextAt, readAt: times.now, ...NO_FAILURE })
    .where('publisherId', '=', of.publisherId)
    .where('offerId', '=', of.offerId)
    .where('planId', 'in', [...of.planIds])
    .execute();
}

const NO_FAILURE = { leasedUntil: null, attempts: 0, problem: null, failingSince: null };

export interface Failure {
  readonly problem: string | null;
  readonly attempts: number;
  readonly failingSince: Date | null;
  readonly nextAt: Date;
}

/** Ends the lease. Keeps the first time of a row of failures. */
export async function saveFailure(
  db: Db['kysely'],
  plan: PlanKey,
  failure: Failure,
): Promise<void> {
  const { failingSince, ...state } = failure;
  await atPlan(db, plan)
    .set({
      ...state,
      leasedUntil: null,
      failingSince:
        failingSince && sql<Date>`coalesce(failing_since, ${failingSince}::timestamptz)`,
    })
    .execute();
}

/** Ends the lease of a reading that was interrupted. */
export async function releaseReading(db: Db['kysely'], plan: PlanKey): Promise<void> {
  await atPlan(db, plan).set({ leasedUntil: null }).execute();
}

function atPlan(db: Db['kysely'], { publisherId, offerId, planId }: PlanKey) {
  return db
    .updateTable('catalogueReadings')
    .where('publisherId', '=', publisherId)
    .where('offerId', '=', offerId)
    .where('planId', '=', planId);
}

/** Publishers with subscriptions to the plan: an override or meter of every publisher applies to them. */
export async function publishersOfPlan(
  trx: Trx,
  plan: Omit<PlanKey, 'publisherId'>,
): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('catalogueReadings')
    .select('publisherId')
    .where('offerId', '=', plan.offerId)
    .where('planId', '=', plan.planId)
    .execute();
  return rows.map(({ publisherId }) => publisherId);
}

/** Since when the plan that has failed longest cannot be read. Null if all can. */
export async function failingSince(db: Db['kysely']): Promise<Date | null> {
  const { rows } = await sql<{ since: Date | null }>`
    select min(failing_since) as since from catalogue_readings`.execute(db);
  return rows[0]?.since ?? null;
}
