import { sql, type Selectable } from 'kysely';
import { streams } from '@landfall/contracts/streams';
import type { StreamState } from '@landfall/service-kit/bus';
import type { Database } from '@landfall/service-kit/database';
import { isLost } from '@landfall/service-kit/outbox';
import type { Delivery } from '../delivery/delivery.ts';
import { appendedHistory, entriesOf } from './history.ts';
import type { IngestTables, NotificationsTable, Verdict } from '../db/schema.ts';

export type Db = Database<IngestTables>;
export type NotificationRow = Selectable<NotificationsTable>;

/** A notification as it stands after a delivery of it was stored. */
export interface StoredDelivery {
  readonly id: string;
  readonly verdict: Verdict;
  readonly isFirst: boolean;
}

/** What the worker is told, for a notification that somebody can act upon. */
export interface Publishable {
  readonly id: string;
  readonly publisher_id: string | null;
  readonly operation_id: string | null;
  readonly subscription_id: string;
  readonly action: string;
  readonly plan_id: string | null;
  readonly quantity: number | null;
  readonly correlation_id: string;
  readonly received_at: Date;
  /** How often it was published again by hand. */
  readonly replays: number;
}

/**
 * One statement for a group of deliveries: the first of a notification inserts it, each further one
 * counts. Rows are sorted by key so that statements of several instances never wait for each other in
 * a circle, and deliveries of one notification inside the group are merged, because a statement may
 * touch a row once.
 */
export async function storeDeliveries(
  db: Db,
  deliveries: readonly Delivery[],
): Promise<readonly StoredDelivery[]> {
  const byKey = new Map<string, { first: Delivery; all: Delivery[] }>();
  for (const delivery of deliveries) {
    const merged = byKey.get(delivery.dedupeKey);
    if (merged) merged.all.push(delivery);
    else byKey.set(delivery.dedupeKey, { first: delivery, all: [delivery] });
  }
  const rows = [...byKey.values()].sort((left, right) =>
    left.first.dedupeKey < right.first.dedupeKey ? -1 : 1,
  );
  const column = <T>(of: (delivery: Delivery) => T): T[] => rows.map((row) => of(row.first));
  const { rows: stored } = await db.pool.query<StoredRow>({
    name: 'store-deliveries',
    text: STORE_DELIVERIES,
    values: [
      column((delivery) => delivery.id),
      column((delivery) => delivery.dedupeKey),
      column((delivery) => delivery.operationId ?? null),
      column((delivery) => delivery.subscriptionId ?? null),
      column((delivery) => delivery.action),
      column((delivery) => delivery.planId ?? null),
      column((delivery) => delivery.quantity),
      column((delivery) => delivery.body),
      column((delivery) => JSON.stringify(delivery.problems)),
      column((delivery) => delivery.correlationId),
      column((delivery) => delivery.receivedAt),
      column((delivery) => (delivery.judgement === 'none' ? 'accepted' : 'undecided')),
      rows.map((row) => row.all.length),
      rows.map((row) => JSON.stringify(entriesOf(row.all))),
      column((delivery) => delivery.publisherId ?? null),
      column((delivery) => delivery.isUnreadable),
    ],
  });
  const storedByKey = new Map(stored.map((row) => [row.dedupe_key, row]));
  return deliveries.map((delivery) => {
    const row = storedByKey.get(delivery.dedupeKey);
    if (!row) throw new Error('the statement returned no row for a delivery');
    return { id: row.id, verdict: row.verdict, isFirst: row.id === delivery.id };
  });
}

interface StoredRow {
  readonly id: string;
  readonly dedupe_key: string;
  readonly verdict: Verdict;
}

const STORE_DELIVERIES = `
  insert into notifications (
    id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body, problems,
    correlation_id, received_at, last_delivered_at, verdict, deliveries, history, publisher_id, unreadable)
  select id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body,
    problems::jsonb, correlation_id, received_at, received_at, verdict, deliveries, history::jsonb, publisher_id,
    unreadable
  from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[],
    $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::int[],
    $14::text[], $15::text[], $16::boolean[])
    as delivered (
      id, dedupe_key, operation_id, subscription_id, action, plan_id, quantity, body, problems,
      correlation_id, received_at, verdict, deliveries, history, publisher_id, unreadable)
  on conflict (dedupe_key) do update set
    deliveries = notifications.deliveries + excluded.deliveries,
    last_delivered_at = greatest(notifications.last_delivered_at, excluded.last_delivered_at),
    history = ${appendedHistory('notifications', 'excluded.history')}
  returning id, dedupe_key, verdict`;

/**
 * The first verdict that is final stands; returns the one in force, so that every repeat gets it too.
 * The deliveries that have waited for it are shown with the answer that they get by it.
 */
export async function recordVerdict(
  db: Db,
  id: string,
  verdict: Verdict,
  reason: string | undefined,
): Promise<Verdict> {
  const { rows } = await db.pool.query<{ verdict: Verdict }>({
    name: 'record-verdict',
    text: `
      update notifications set
        verdict = case when verdict = 'undecided' then $2 else verdict end,
        reason = case when verdict = 'undecided' then $3 else reason end,
        history = (
          select coalesce(jsonb_agg(
            case when entry -> 'answer' = 'null' then entry || jsonb_build_object('answer',
              case when $2 = 'undecided' then 503
                when $2 = 'refused' and verdict = 'undecided' or verdict = 'refused' then 400
                else 200 end)
              else entry end order by place), '[]')
          from jsonb_array_elements(history) with ordinality as entries (entry, place))
      where id = $1 returning verdict`,
    values: [id, verdict, reason ?? null],
  });
  return rows[0]?.verdict ?? verdict;
}

/**
 * Takes unpublished notifications for this instance, oldest first, until `claimUntil`. Instances share
 * the work: a row that another one is just claiming is passed over, and no lock outlives the statement.
 */
export async function claimUnpublished(
  db: Db,
  options: {
    receivedBefore: Date;
    undecidedBefore: Date;
    now: Date;
    claimUntil: Date;
    limit: number;
  },
): Promise<readonly Publishable[]> {
  const { rows } = await sql<Publishable>`
    update notifications set claimed_until = ${options.claimUntil}
    where id in (
      select id from notifications
      where published_at is null and subscription_id is not null
        and received_at < ${options.receivedBefore}
        and (verdict <> 'undecided' or received_at < ${options.undecidedBefore})
        and (claimed_until is null or claimed_until < ${options.now})
      order by received_at limit ${options.limit}
      for update skip locked)
    returning id, publisher_id, operation_id, subscription_id, action, plan_id, quantity, correlation_id,
      received_at, replays`.execute(db.kysely);
  return rows;
}

/**
 * Rows are locked in the order in which deliveries lock them, so that the two never deadlock. The
 * commit does not wait for the disk, which belongs to the deliveries: a mark that a crash of Postgres
 * loses means one more message with the same id.
 */
export async function markPublished(
  db: Db,
  published: readonly { readonly id: string; readonly sequence: number }[],
  at: Date,
): Promise<void> {
  await db.pool.query({
    name: 'mark-published',
    text: `
      update notifications set published_at = $3, claimed_until = null,
        stream_sequence = confirmed.sequence
      from (
          select notifications.id, done.sequence
          from unnest($1::uuid[], $2::bigint[]) as done (id, sequence)
          join notifications on notifications.id = done.id and published_at is null
          order by dedupe_key for update of notifications) as confirmed
      where notifications.id = confirmed.id
        and (select set_config('synchronous_commit', 'off', true)) = 'off'`,
    values: [published.map(({ id }) => id), published.map(({ sequence }) => sequence), at],
  });
}

/**
 * Makes notifications unpublished that JetStream had confirmed and does not have any more; those older
 * than it keeps them are left out. Returns how many.
 */
export async function requeueLost(db: Db, state: StreamState | undefined): Promise<number> {
  const { numAffectedRows } = await sql`
    update notifications set published_at = null, stream_sequence = null, claimed_until = null
    where published_at > now() - ${streams.ingest.maxAgeMs} * interval '1 ms'
      and ${isLost(state)}`.execute(db.kysely);
  return Number(numAffectedRows ?? 0);
}

/** A delivery that was stored too late for its answer got a 503, whatever the verdict says. */
export async function recordUnavailable(db: Db, id: string, receivedAt: Date): Promise<void> {
  await sql`
    update notifications set history = (
      select jsonb_agg(case when entry ->> 'at' = ${receivedAt.toISOString()} and entry ? 'answer'
        then entry || '{"answer": 503}' else entry end order by place)
      from jsonb_array_elements(history) with ordinality as entries (entry, place))
    where id = ${id} and history <> '[]'`.execute(db.kysely);
}

/** Newest first, after the position of the page before. */
export async function listNotifications(
  db: Db,
  filter: {
    publisherId: string | undefined;
    subscriptionId?: string | undefined;
    action?: string | undefined;
    before?: { at: Date; id: string } | undefined;
    limit: number;
  },
): Promise<readonly NotificationRow[]> {
  let query = db.kysely
    .selectFrom('notifications')
    .selectAll()
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit);
  const { publisherId, subscriptionId, action, before } = filter;
  if (publisherId !== undefined) query = query.where('publisher_id', '=', publisherId);
  if (subscriptionId !== undefined) {
    query = query.where('subscription_id', '=', subscriptionId.toLowerCase());
  }
  if (action !== undefined) query = query.where(sql`lower(action)`, '=', action.toLowerCase());
  if (before !== undefined) {
    query = query.where(sql<boolean>`(received_at, id) < (${before.at}, ${before.id}::uuid)`);
  }
  return query.execute();
}

export async function findNotification(db: Db, id: string): Promise<NotificationRow | undefined> {
  return db.kysely.selectFrom('notifications').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Whose webhook was called: null where that was not kept, undefined for an unknown notification. */
export async function publisherOf(db: Db, id: string): Promise<string | null | undefined> {
  const query = db.kysely.selectFrom('notifications').select('publisher_id').where('id', '=', id);
  return (await query.executeTakeFirst())?.publisher_id;
}

/** More publishers than one installation has. The next look takes any others. */
const MAX_PUBLISHERS = 100;

/**
 * Publishers with unreadable notifications that no reconciliation was started for, except publishers with a
 * reconciliation since `pausedSince`. Null is the publisher without an id.
 */
export async function listUnreconciled(
  db: Db,
  { at, pausedSince }: { readonly at: Date; readonly pausedSince: Date },
): Promise<readonly (string | null)[]> {
  const { rows } = await sql<{ publisher_id: string | null }>`
    select publisher_id from notifications where unreadable
    group by publisher_id
    having bool_or(reconciled_at is null and received_at <= ${at})
      and coalesce(max(reconciled_at) <= ${pausedSince}, true)
    limit ${MAX_PUBLISHERS}`.execute(db.kysely);
  return rows.map((row) => row.publisher_id);
}

/** Marks the notifications that had arrived by then. */
export async function markReconciled(db: Db, publisherId: string | null, at: Date): Promise<void> {
  await sql`
    update notifications set reconciled_at = ${at}
    where unreadable and reconciled_at is null and received_at <= ${at}
      and publisher_id is not distinct from ${publisherId}`.execute(db.kysely);
}

export async function countUnpublished(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from notifications
    where published_at is null and subscription_id is not null`.execute(db.kysely);
  return rows[0]?.count ?? 0;
}
