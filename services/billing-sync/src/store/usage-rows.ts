import { sql } from 'kysely';
import { type Decimal, decimal, decimalText } from '@landfall/domain/decimal';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';

/** What decides whether a row for Microsoft can take more units. */
export interface UsageRow extends HourKey {
  readonly planId: string;
  readonly reported: Decimal;
  /** Sent or given up: `reported` never changes again. */
  readonly sealed: boolean;
}

/** Usage of one hour, under the plan that its row gets if there is none yet. */
export interface UsedUnits extends HourKey {
  readonly publisherId: string;
  readonly planId: string;
  readonly used: Decimal;
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

/** Units that a row takes. */
export interface AddedUnits extends HourKey {
  readonly planId: string;
  readonly quantity: Decimal;
  /** Moments within the hour that the units stand for. */
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

export function rowKey({ subscriptionId, dimension, hour }: HourKey): string {
  return JSON.stringify([subscriptionId, dimension, hour.getTime()]);
}

/**
 * Adds usage to its own hours, locks their rows and returns them. Each key may occur once. A missing row is created; it
 * has nothing to report, so it is settled. Keys are locked in one order, so that batches cannot deadlock.
 */
export async function addUsed(
  trx: Trx,
  given: readonly UsedUnits[],
  now: Date,
): Promise<UsageRow[]> {
  if (given.length === 0) return [];
  const { rows } = await sql<RawRow>`
    insert into usage_hours as h (subscription_id, dimension, hour, publisher_id, plan_id, used,
      state, first_used_at, last_used_at, settled_at)
    select subscription_id, dimension, hour, publisher_id, plan_id, used, 'settled', first_used_at,
      last_used_at, ${now}::timestamptz
    from unnest(
      ${given.map((one) => one.subscriptionId)}::text[], ${given.map((one) => one.dimension)}::text[],
      ${given.map((one) => one.hour.toISOString())}::timestamptz[],
      ${given.map((one) => one.publisherId)}::text[], ${given.map((one) => one.planId)}::text[],
      ${given.map((one) => decimalText(one.used))}::numeric[],
      ${given.map((one) => one.firstUsedAt.toISOString())}::timestamptz[],
      ${given.map((one) => one.lastUsedAt.toISOString())}::timestamptz[]
    ) as g (subscription_id, dimension, hour, publisher_id, plan_id, used, first_used_at,
      last_used_at)
    order by subscription_id, dimension, hour
    on conflict (subscription_id, dimension, hour) do update set
      used = h.used + excluded.used,
      first_used_at = least(h.first_used_at, excluded.first_used_at),
      last_used_at = greatest(h.last_used_at, excluded.last_used_at)
    returning h.subscription_id, h.dimension, h.hour, h.plan_id, h.reported, h.sealed`.execute(trx);
  return rows.map(readRow);
}

/** Locks rows and returns them. Missing ones are created, with nothing to report. */
export async function lockRows(
  trx: Trx,
  keys: readonly Omit<UsedUnits, 'used'>[],
  now: Date,
): Promise<UsageRow[]> {
  const unique = new Map(keys.map((key) => [rowKey(key), { ...key, used: decimal('0') }]));
  return addUsed(trx, [...unique.values()], now);
}

/** Rows of these subscriptions and dimensions from `since` on, without a lock. */
export async function readRows(
  trx: Trx,
  of: readonly Pick<HourKey, 'subscriptionId' | 'dimension'>[],
  since: Date,
): Promise<UsageRow[]> {
  const { rows } = await sql<RawRow>`
    select h.subscription_id, h.dimension, h.hour, h.plan_id, h.reported, h.sealed
    from usage_hours h
    where h.hour >= ${since} and (h.subscription_id, h.dimension) in (
      select * from unnest(${of.map((one) => one.subscriptionId)}::text[],
        ${of.map((one) => one.dimension)}::text[]))`.execute(trx);
  return rows.map(readRow);
}

/**
 * Adds reported units to locked rows. They are sent when the hour and its grace are over, or at once if the subscription has
 * ended. Rows of a suspended subscription are held. They become due too, in case the suspension has just ended; rows of a
 * subscription that is still suspended are skipped when rows are claimed.
 */
export async function addReported(
  trx: Trx,
  added: readonly AddedUnits[],
  { now, graceMs }: { readonly now: Date; readonly graceMs: number },
): Promise<void> {
  if (added.length === 0) return;
  const times = added.map(({ hour }) => hour.getTime());
  await sql`
    update usage_hours h set reported = h.reported + a.quantity, plan_id = a.plan_id,
      state = case when s.status = 'Suspended' then 'held' else 'closed' end, status = null,
      settled_at = null,
      next_attempt_at = case when s.ended_at is not null then ${now}::timestamptz
        else greatest(${now}::timestamptz,
          h.hour + interval '1 hour' + ${graceMs}::int * interval '1 millisecond') end,
      first_used_at = least(h.first_used_at, a.first_used_at),
      last_used_at = greatest(h.last_used_at, a.last_used_at)
    from unnest(
      ${added.map((one) => one.subscriptionId)}::text[], ${added.map((one) => one.dimension)}::text[],
      ${added.map((one) => one.hour.toISOString())}::timestamptz[],
      ${added.map((one) => one.planId)}::text[],
      ${added.map((one) => decimalText(one.quantity))}::numeric[],
      ${added.map((one) => one.firstUsedAt.toISOString())}::timestamptz[],
      ${added.map((one) => one.lastUsedAt.toISOString())}::timestamptz[]
    ) as a (subscription_id, dimension, hour, plan_id, quantity, first_used_at, last_used_at)
    join subscriptions s on s.id = a.subscription_id
    where h.hour between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))}
      and h.subscription_id = a.subscription_id and h.dimension = a.dimension
      and h.hour = a.hour`.execute(trx);
}

/** Marks hours with units that no hour could take. What was sent for the hours does not change. */
export async function markLost(trx: Trx, keys: readonly HourKey[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    update usage_hours h set problem = coalesce(h.problem, 'units-lost')
    from unnest(
      ${keys.map((key) => key.subscriptionId)}::text[], ${keys.map((key) => key.dimension)}::text[],
      ${keys.map((key) => key.hour.toISOString())}::timestamptz[]
    ) as k (subscription_id, dimension, hour)
    where h.subscription_id = k.subscription_id and h.dimension = k.dimension
      and h.hour = k.hour`.execute(trx);
}

type RawRow = Omit<UsageRow, 'reported'> & { readonly reported: string };

function readRow(row: RawRow): UsageRow {
  return { ...row, reported: decimal(row.reported) };
}
