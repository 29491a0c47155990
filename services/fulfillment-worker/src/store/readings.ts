import { channels } from '@landfall/contracts/channels';
import { sql } from 'kysely';
import { lastDays, MAX_COUNTED } from '@landfall/service-kit/common-readings';
import type { Db } from '../db/schema.ts';

type Kysely = Db['kysely'];

/** When the oldest notification that is neither done nor parked was received. */
export async function oldestNotification(db: Kysely): Promise<Date | null | undefined> {
  const { rows } = await sql<{ oldest: Date | null }>`
    select min(created_at) as oldest from tasks
    where kind = 'notification' and done_at is null and dead_at is null
  `.execute(db);
  return rows[0]?.oldest;
}

/**
 * Since when the longest waiting lane could have been claimed: it has no holder, or its lease has expired.
 * Work that waits for its time, or for a token, is not due.
 */
export async function overdueSince(db: Kysely): Promise<Date | null | undefined> {
  const { rows } = await sql<{ since: Date | null }>`
    select least(
      (select min(due_at) from lanes where lease_until is null and due_at is not null),
      (select min(lease_until) from lanes where lease_until is not null)) as since
  `.execute(db);
  return rows[0]?.since;
}

/** How many lanes a worker could claim now, and how many are held. A lease that has expired is free. */
export async function countLanes(
  db: Kysely,
): Promise<{ readonly waiting: number; readonly held: number } | undefined> {
  const { rows } = await sql<{ waiting: number; held: number }>`
    select free.count + expired.count as waiting, held.count as held from
      (select count(*)::int as count from (select from lanes
        where lease_until is null and due_at <= now() limit ${MAX_COUNTED}) as found) as free,
      (select count(*)::int as count from (select from lanes
        where lease_until <= now() limit ${MAX_COUNTED}) as found) as expired,
      (select count(*)::int as count from (select from lanes
        where lease_until > now() limit ${MAX_COUNTED}) as found) as held
  `.execute(db);
  return rows[0];
}

export async function countParked(db: Kysely): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count
    from (select from tasks where dead_at is not null limit ${MAX_COUNTED}) as parked
  `.execute(db);
  return rows[0]?.count;
}

export async function countDeadDeliveries(
  db: Kysely,
  since: Date,
): Promise<readonly { readonly channel: string; readonly count: number }[]> {
  const { rows } = await sql<{ channel: string; count: number }>`
    with dead as (
      select channel from deliveries where state = 'dead' and dead_at >= ${since} limit ${MAX_COUNTED})
    select each.channel, count(dead.channel)::int as count
    from unnest(${channels}::text[]) as each (channel)
    left join dead on dead.channel = each.channel
    group by each.channel
  `.execute(db);
  return rows;
}

export interface DeliveryDay {
  readonly day: string;
  readonly delivered: number;
  readonly dead: number;
}

/** Deliveries by UTC day of their outcome, earliest first; counting a day stops at the kit's bound. */
export async function countDeliveryDays(
  db: Kysely,
  wanted: {
    readonly days: number;
    readonly until: Date;
    readonly publisherId?: string | undefined;
  },
): Promise<readonly DeliveryDay[]> {
  const ofPublisher = ofPublisherId(wanted.publisherId);
  const { rows } = await sql<DeliveryDay>`
    select days.day,
      (select count(*)::int from (select from deliveries
        where state = 'delivered' and delivered_at >= days.since and delivered_at < days.until
          and ${ofPublisher} limit ${MAX_COUNTED}) as found) as delivered,
      (select count(*)::int from (select from deliveries
        where state = 'dead' and dead_at >= days.since and dead_at < days.until
          and ${ofPublisher} limit ${MAX_COUNTED}) as found) as dead
    from ${lastDays(wanted.days, wanted.until)} as days
    order by days.day`.execute(db);
  return rows;
}

/** How many deliveries wait, and since when. */
export async function waitingDeliveries(
  db: Kysely,
  publisherId?: string,
): Promise<{ readonly waiting: number; readonly oldest: Date | null } | undefined> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
    select count(*)::int as waiting, min(created_at) as oldest from (
      select created_at from deliveries
      where state = 'waiting' and ${ofPublisherId(publisherId)}
      order by created_at limit ${MAX_COUNTED}) as found`.execute(db);
  return rows[0];
}

function ofPublisherId(publisherId: string | undefined) {
  return publisherId === undefined ? sql`true` : sql`publisher_id = ${publisherId}`;
}

/** Numbers of destinations by state, as an operator would act on them. */
export async function countDestinations(
  db: Kysely,
): Promise<readonly { readonly state: string; readonly count: number }[]> {
  const { rows } = await sql<{ state: string; count: number }>`
    select states.state, count(destinations.id)::int as count
    from unnest(array['working', 'failing', 'disabled', 'switchedOff']) as states (state)
    left join destinations on states.state = case
      when destinations.state = 'enabled' and failing_since is null then 'working'
      when destinations.state = 'enabled' then 'failing'
      when disabled_because = 'operator' then 'switchedOff'
      else 'disabled' end
    group by states.state
  `.execute(db);
  return rows;
}

export interface LastRuns {
  /** The last run that compared and healed everything. */
  readonly completed:
    | { readonly finishedAt: Date; readonly drifted: number; readonly unopened: number }
    | undefined;
  /** Whether the last run that ended has failed. */
  readonly hasFailed: boolean;
}

/** The newest reconciliations of a publisher, or of all. Dry runs heal nothing and do not count. */
export async function lastRuns(db: Kysely, publisherId: string | undefined): Promise<LastRuns> {
  const ended = db
    .selectFrom('reconciliationRuns')
    .select(['state', 'drifted', 'unopened', 'finishedAt'])
    .where('dryRun', '=', false)
    .$if(publisherId !== undefined, (of) => of.where('publisherId', '=', publisherId ?? ''))
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1);
  const [completed, last] = await Promise.all([
    ended.where('state', '=', 'completed').executeTakeFirst(),
    ended.where('state', '<>', 'running').executeTakeFirst(),
  ]);
  const finishedAt = completed?.finishedAt;
  return {
    completed:
      completed && finishedAt
        ? { finishedAt, drifted: completed.drifted, unopened: completed.unopened }
        : undefined,
    hasFailed: last?.state === 'failed',
  };
}
