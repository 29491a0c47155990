import { sql } from 'kysely';
import { found, type Found, type FoundRow } from '@landfall/service-kit/matters';
import type { Trx } from '../../db/schema.ts';

/** Shorter failures end by themselves: a product that restarts is away for seconds. */
const FAILING_MINUTES = 15;
/** Events of a disabled destination wait for 30 days at most, so a person should act well before. */
const DISABLED_DAYS = 30;

/** Parked tasks. Index: tasks_parked. */
export async function parkedTasks(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select t.id::text as key, t.id::text as subject_id, t.subscription_id, s.publisher_id, s.offer_id,
      t.dead_at as since,
      jsonb_build_object('task', t.kind, 'error', coalesce(t.last_error, '')) as params
    from tasks t left join subscriptions s on s.id = t.subscription_id
    where t.dead_at is not null`;
  return await found(trx, statement, { about: 'task', severity: 'warning', limit });
}

/** Destinations with dead deliveries: one matter each, because one cause usually kills many. Index: deliveries_dead. */
export async function deadDeliveries(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select d.id::text as key, d.id::text as subject_id, d.publisher_id, dead.since,
      jsonb_build_object('destination', d.label, 'count', dead.count) as params
    from (select destination_id, count(*)::int as count, min(dead_at) as since
        from deliveries where state = 'dead' group by destination_id) as dead
      join destinations d on d.id = dead.destination_id`;
  return await found(trx, statement, { about: 'destination', severity: 'warning', limit });
}

/** Destinations that fail, but are still tried. There are few destinations. */
export async function failingDestinations(
  trx: Trx,
  limit: number,
  now: Date,
): Promise<readonly Found[]> {
  const before = new Date(now.getTime() - FAILING_MINUTES * 60_000);
  const statement = sql`
    select d.id::text as key, d.id::text as subject_id, d.publisher_id, d.failing_since as since,
      jsonb_build_object('destination', d.label) as params
    from destinations d where d.state = 'enabled' and d.failing_since <= ${before}`;
  return await found(trx, statement, { about: 'destination', severity: 'warning', limit });
}

/** Destinations that Landfall has switched off. One that a person has switched off is no surprise. */
export async function disabledDestinations(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select d.id::text as key, d.id::text as subject_id, d.publisher_id,
      coalesce(d.failing_since, d.created_at) as since,
      (select min(created_at) + make_interval(days => ${DISABLED_DAYS}) from deliveries
        where destination_id = d.id and state = 'waiting') as due_at,
      jsonb_build_object('destination', d.label, 'because', d.disabled_because) as params
    from destinations d where d.state = 'disabled' and d.disabled_because in ('gone', 'failing')`;
  const severity = ({ dueAt }: FoundRow) => (dueAt ? 'critical' : 'warning');
  return await found(trx, statement, { about: 'destination', severity, limit });
}
