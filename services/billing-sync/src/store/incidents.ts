import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { MAX_COUNTED } from '@landfall/service-kit/common-readings';
import type { Position } from '@landfall/service-kit/paging';
import type { Db, Trx } from '../db/schema.ts';

/** Who settles an incident when its cause is gone. A person who settles one is named by the key's id. */
const SETTLED_BY_ITSELF = 'landfall';

export interface IncidentKey {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly dimension: string;
  /** A UTC date. */
  readonly day: string;
}

export interface FoundIncident extends IncidentKey {
  /** For a subscription that Landfall does not know. */
  readonly publisherId: string;
  readonly kind: string;
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly message: string;
}

/**
 * Opens each incident once. One that is already open gets the present quantities. One that Landfall settled by itself is
 * opened again. One that a person settled stays settled, unless Microsoft has counted too much for a further hour of that
 * day, or another limit was crossed on it. Returns those that are newly open.
 */
export async function openIncidents(
  trx: Trx,
  found: readonly FoundIncident[],
  now: Date,
): Promise<readonly (IncidentKey & { readonly id: string; readonly kind: string })[]> {
  if (found.length === 0) return [];
  const rows = found.map((one) => ({
    id: randomUUID(),
    publisher_id: one.publisherId,
    subscription_id: one.subscriptionId,
    plan_id: one.planId,
    dimension: one.dimension,
    day: one.day,
    kind: one.kind,
    ours: one.ours,
    theirs: one.theirs,
    message: one.message,
  }));
  const saved = await sql<IncidentKey & { id: string; kind: string; isNew: boolean }>`
    insert into usage_incidents as known (id, publisher_id, subscription_id, plan_id, dimension, day,
        kind, ours, theirs, message, found_at)
      select found.id, coalesce(s.publisher_id, found.publisher_id), subscription_id, found.plan_id,
          dimension, day, kind, ours, theirs, message, ${now}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (id uuid, publisher_id text,
          subscription_id text, plan_id text, dimension text, day date, kind text, ours numeric,
          theirs numeric, message text)
        left join subscriptions as s on s.id = found.subscription_id
      on conflict (subscription_id, dimension, day, kind, plan_id) do update set
        ours = excluded.ours, theirs = excluded.theirs, message = excluded.message,
        found_at = case when known.settled_at is null then known.found_at else excluded.found_at end,
        settled_at = null, settled_by = null, reason = null
        where known.settled_at is null or known.settled_by = ${SETTLED_BY_ITSELF}
          or (known.kind = 'over-billed' and known.theirs is distinct from excluded.theirs)
          or (known.kind = 'threshold' and known.message <> excluded.message)
      returning id, subscription_id, plan_id, dimension, day::text as day, kind,
        found_at = ${now}::timestamptz as is_new
  `.execute(trx);
  return saved.rows.filter(({ isNew }) => isNew);
}

/** Keys of the open incidents of a day. */
export async function openOn(
  kysely: Db['kysely'],
  of: {
    readonly publisherId: string | undefined;
    readonly day: string;
    readonly kinds: readonly string[];
  },
): Promise<readonly Omit<IncidentKey, 'day'>[]> {
  let query = kysely
    .selectFrom('usageIncidents')
    .select(['subscriptionId', 'planId', 'dimension'])
    .where('settledAt', 'is', null)
    .where('day', '=', of.day)
    .where('kind', 'in', of.kinds);
  if (of.publisherId !== undefined) query = query.where('publisherId', '=', of.publisherId);
  return query.execute();
}

/** Settles the open incidents of these kinds, because their cause is gone. */
export async function settleGone(
  trx: Trx,
  gone: readonly (IncidentKey & { readonly kinds: readonly string[]; readonly reason: string })[],
  now: Date,
): Promise<void> {
  if (gone.length === 0) return;
  const rows = gone.map((one) => ({
    subscription_id: one.subscriptionId,
    plan_id: one.planId,
    dimension: one.dimension,
    day: one.day,
    kinds: one.kinds,
    reason: one.reason,
  }));
  await sql`
    update usage_incidents as open
      set settled_at = ${now}, settled_by = ${SETTLED_BY_ITSELF}, reason = gone.reason
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as gone (subscription_id text,
        plan_id text, dimension text, day date, kinds jsonb, reason text)
      where open.settled_at is null and open.subscription_id = gone.subscription_id
        and open.plan_id = gone.plan_id and open.dimension = gone.dimension and open.day = gone.day
        and gone.kinds ? open.kind
  `.execute(trx);
}

export interface IncidentFilter {
  readonly publisherId: string | undefined;
  readonly subscriptionId: string | undefined;
  readonly kind: string | undefined;
  readonly isSettled: boolean | undefined;
}

/** Incidents after the position, latest first. */
export async function listIncidents(
  kysely: Db['kysely'],
  filter: IncidentFilter,
  page: { readonly after: Position | undefined; readonly limit: number },
) {
  let query = kysely
    .selectFrom('usageIncidents')
    .select(['id', 'publisherId', 'subscriptionId', 'planId', 'dimension', 'kind', 'message'])
    .select(['foundAt', 'settledAt', 'settledBy', 'reason'])
    .select(sql<string>`day::text`.as('day'))
    .select(sql<string | null>`trim_scale(ours)::text`.as('ours'))
    .select(sql<string | null>`trim_scale(theirs)::text`.as('theirs'))
    .orderBy('foundAt', 'desc')
    .orderBy('id')
    .limit(page.limit);
  const { publisherId, subscriptionId, kind, isSettled } = filter;
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  if (subscriptionId !== undefined) query = query.where('subscriptionId', '=', subscriptionId);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (isSettled !== undefined) query = query.where('settledAt', isSettled ? 'is not' : 'is', null);
  if (page.after) {
    const { at, id } = page.after;
    query = query.where(sql<boolean>`found_at <= ${at} and (found_at < ${at} or id > ${id}::uuid)`);
  }
  return query.execute();
}

/** Settles an incident. One that is settled keeps its first reason. Undefined: there is no such incident. */
export async function settleIncident(
  trx: Trx,
  incident: { readonly id: string; readonly publisherId: string | undefined },
  by: { readonly name: string; readonly reason: string; readonly now: Date },
): Promise<Settlement | undefined> {
  let query = trx
    .selectFrom('usageIncidents')
    .select(['id', 'settledAt', 'settledBy', 'reason'])
    .where('id', '=', incident.id)
    .forUpdate();
  if (incident.publisherId !== undefined) {
    query = query.where('publisherId', '=', incident.publisherId);
  }
  const found = await query.executeTakeFirst();
  if (!found) return undefined;
  if (found.settledAt === null) {
    await trx
      .updateTable('usageIncidents')
      .set({ settledAt: by.now, settledBy: by.name, reason: by.reason })
      .where('id', '=', incident.id)
      .execute();
    return { isNew: true, settledAt: by.now, settledBy: by.name, reason: by.reason };
  }
  const { settledAt, settledBy, reason } = found;
  return { isNew: false, settledAt, settledBy: settledBy ?? '', reason: reason ?? '' };
}

export interface Settlement {
  readonly isNew: boolean;
  readonly settledAt: Date;
  readonly settledBy: string;
  readonly reason: string;
}

/** Open incidents by kind, without those of test purchases. */
export async function countOpen(
  kysely: Db['kysely'],
): Promise<readonly { readonly kind: string; readonly incidents: number }[]> {
  const { rows } = await sql<{ kind: string; incidents: number }>`
    select kind, count(*)::int as incidents
      from (select kind, subscription_id from usage_incidents where settled_at is null
        order by found_at limit ${MAX_COUNTED}) as open
      where not coalesce((select is_test from subscriptions as s where s.id = open.subscription_id), false)
      group by kind
  `.execute(kysely);
  return rows;
}
