import { sql } from 'kysely';
import type { Db, PlanContent, Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';
import type { PlanFilter } from './catalogue-readings.ts';

/** A plan as read. Empty market: Microsoft did not say. */
export interface ReadPlan {
  readonly planId: string;
  readonly market: string;
  readonly content: PlanContent;
}

/**
 * Keeps what was read: a new version where the content differs, otherwise only the time. Returns the ids of the plans
 * with a new version.
 */
export async function savePlans(
  trx: Trx,
  offer: Omit<PlanKey, 'planId'>,
  { plans, now }: { readonly plans: readonly ReadPlan[]; readonly now: Date },
): Promise<readonly string[]> {
  const { publisherId, offerId } = offer;
  const lock = JSON.stringify(['catalogue_plans', publisherId, offerId]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(trx);
  const once = new Map(plans.map((plan) => [JSON.stringify([plan.planId, plan.market]), plan]));
  const { rows } = await sql<{ planId: string }>`
    with read as (
      select * from jsonb_to_recordset(${JSON.stringify([...once.values()])}::jsonb)
        as one ("planId" text, market text, content jsonb)),
    latest as (
      select distinct on (plan_id, market) plan_id, market, version, content from catalogue_plans
      where publisher_id = ${publisherId} and offer_id = ${offerId}
      order by plan_id, market, version desc),
    same as (
      update catalogue_plans kept set read_at = ${now}
      from latest join read on read."planId" = latest.plan_id and read.market = latest.market
      where kept.publisher_id = ${publisherId} and kept.offer_id = ${offerId}
        and kept.plan_id = latest.plan_id and kept.market = latest.market
        and kept.version = latest.version and latest.content = read.content)
    insert into catalogue_plans
      (publisher_id, offer_id, plan_id, market, version, content, since, read_at)
    select ${publisherId}, ${offerId}, read."planId", read.market, coalesce(latest.version, 0) + 1,
      read.content, ${now}::timestamptz, ${now}::timestamptz
    from read left join latest
      on latest.plan_id = read."planId" and latest.market = read.market
    where latest.content is distinct from read.content
    returning plan_id`.execute(trx);
  return [...new Set(rows.map(({ planId }) => planId))];
}

/** A version of a plan in a market. Version 0 without content: the plan has not been read yet. */
export interface PlanVersion extends PlanKey {
  readonly market: string;
  readonly version: number;
  readonly content: PlanContent | null;
  readonly since: Date | null;
  readonly readAt: Date | null;
  readonly problem: string | null;
}

export type PlanCursor = readonly [
  publisherId: string,
  offerId: string,
  planId: string,
  market: string,
];

/** The latest version of each plan and market, and plans that wait for their first reading. */
export async function selectPlans(
  db: Db['kysely'],
  filter: PlanFilter,
  page: { readonly after: PlanCursor | undefined; readonly limit: number },
): Promise<readonly PlanVersion[]> {
  const [publisherId = '', offerId = '', planId = '', market = ''] = page.after ?? [];
  const isAfter = page.after
    ? sql`(publisher_id, offer_id, plan_id, coalesce(market, ''))
        > (${publisherId}::text, ${offerId}::text, ${planId}::text, ${market}::text)`
    : sql`true`;
  const { rows } = await sql<PlanVersion>`
    select publisher_id, offer_id, plan_id, coalesce(market, '') as market,
      coalesce(version, 0) as version, content, since, plan.read_at, problem
    from (
      select distinct on (publisher_id, offer_id, plan_id, market) * from catalogue_plans
      order by publisher_id, offer_id, plan_id, market, version desc) as plan
    full join catalogue_readings using (publisher_id, offer_id, plan_id)
    where ${isWanted(filter)} and ${isAfter}
    order by publisher_id, offer_id, plan_id, coalesce(market, '')
    limit ${page.limit}`.execute(db);
  return rows;
}

/** Every version of a plan, the earliest first. */
export async function selectVersions(
  db: Db['kysely'],
  filter: PlanFilter,
): Promise<readonly PlanVersion[]> {
  const { rows } = await sql<PlanVersion>`
    select publisher_id, offer_id, plan_id, market, version, content, since, plan.read_at, problem
    from catalogue_plans as plan
    left join catalogue_readings using (publisher_id, offer_id, plan_id)
    where ${isWanted(filter)}
    order by publisher_id, market, version`.execute(db);
  return rows;
}

function isWanted({ publisherId, offerId, planId }: PlanFilter) {
  return sql`publisher_id = coalesce(${publisherId ?? null}, publisher_id)
    and offer_id = coalesce(${offerId ?? null}, offer_id)
    and plan_id = coalesce(${planId ?? null}, plan_id)`;
}

/** The latest content of a plan: one for each market, and for each publisher if `publisherId` is empty. */
export async function selectPlanContents(
  db: Db['kysely'],
  { publisherId, offerId, planId }: PlanKey,
): Promise<readonly PlanContent[]> {
  const filter = { publisherId: publisherId || undefined, offerId, planId };
  const { rows } = await sql<{ content: PlanContent }>`
    select distinct on (publisher_id, market) content from catalogue_plans
    where ${isWanted(filter)}
    order by publisher_id, market, version desc`.execute(db);
  return rows.map(({ content }) => content);
}
