import { sql } from 'kysely';
import { streams } from '@landfall/contracts/streams';
import type { StreamState } from '@landfall/service-kit/bus';
import { isLost } from '@landfall/service-kit/outbox';
import type { RelayTurn } from '@landfall/service-kit/relay';
import type { Db } from '../db/schema.ts';

/** What is published about a notification that the worker can act on. */
export interface Publishable {
  readonly id: string;
  readonly publisherId: string | null;
  readonly operationId: string | null;
  readonly subscriptionId: string;
  readonly action: string;
  readonly planId: string | null;
  readonly quantity: number | null;
  readonly correlationId: string;
  /** The span of the call; null if its trace is not recorded. */
  readonly traceParent: string | null;
  readonly receivedAt: Date;
  /** How often an operator had it published again. */
  readonly replays: number;
}

export interface Publication {
  readonly id: string;
  readonly notifications: readonly Publishable[];
}

/**
 * Claims publications that are due for this instance until `claimUntil`, oldest first. Instances share the work: rows
 * that another instance is claiming are skipped, and no lock outlives the statement.
 */
export async function claimPublications(
  db: Db,
  { now, claimUntil, limit }: { now: Date; claimUntil: Date; limit: number },
): Promise<readonly Publication[]> {
  const { rows } = await sql<Publishable & { publication: string }>`
    with claimed as (
      update publications set due_at = ${claimUntil}
      where id in (
        select id from publications where published_at is null and due_at <= ${now}
        order by due_at limit ${limit} for update skip locked)
      returning id, notification_ids)
    select claimed.id as publication, notifications.id, publisher_id, operation_id, subscription_id, action,
      plan_id, quantity, correlation_id, trace_parent, received_at, replays
    from claimed join notifications on notifications.id = any(claimed.notification_ids)
    order by received_at`.execute(db.kysely);
  const byId = Map.groupBy(rows, ({ publication }) => publication);
  return [...byId].map(([id, notifications]) => ({ id, notifications }));
}

/**
 * Gives a publication to notifications that an instance of an earlier version left unpublished. An undecided notification
 * that was received after `undecidedBefore` may still get a decision.
 */
export async function adoptUnpublished(
  db: Db,
  options: { receivedBefore: Date; undecidedBefore: Date; now: Date; limit: number },
): Promise<void> {
  const { receivedBefore, undecidedBefore, now, limit } = options;
  await sql`
    with adopted as (
      update notifications set publication_id = gen_random_uuid(), published_at = received_at
      where id in (
        select id from notifications
        where published_at is null and subscription_id is not null and received_at < ${receivedBefore}
          and (verdict <> 'undecided' or received_at < ${undecidedBefore})
          and (claimed_until is null or claimed_until < ${now})
        order by received_at limit ${limit} for update skip locked)
      returning publication_id, id)
    insert into publications (id, notification_ids, due_at)
    select publication_id, array[id], ${now} from adopted`.execute(db.kysely);
}

/**
 * Marks publications as published. Rows are locked in the order of their ids, so that instances cannot deadlock. The
 * commit does not wait for the disk, which deliveries need more. If a crash of Postgres loses a mark, the message is
 * published once more with the same id.
 */
export async function markPublished(
  db: Db,
  published: readonly { readonly id: string; readonly sequence: number }[],
  at: Date,
): Promise<void> {
  await db.pool.query({
    name: 'mark-published',
    text: `
      update publications set published_at = $3, stream_sequence = confirmed.sequence
      from (
          select publications.id, done.sequence
          from unnest($1::uuid[], $2::bigint[]) as done (id, sequence)
          join publications on publications.id = done.id and published_at is null
          order by publications.id for update of publications) as confirmed
      where publications.id = confirmed.id
        and (select set_config('synchronous_commit', 'off', true)) = 'off'`,
    values: [published.map(({ id }) => id), published.map(({ sequence }) => sequence), at],
  });
}

/**
 * Publishes again what the stream has lost: publications, and notifications that an earlier version published. Leaves out what
 * is older than the stream keeps messages.
 */
export async function requeueLost(
  db: Db,
  stateOf: (stream: string) => Promise<StreamState | undefined>,
): ReturnType<RelayTurn['requeueLost']> {
  const stream = streams.ingest.name;
  const state = await stateOf(stream);
  const kept = sql`now() - ${streams.ingest.maxAgeMs} * interval '1 ms'`;
  const { numAffectedRows: current } = await sql`
    update publications set published_at = null, stream_sequence = null, due_at = now()
    where published_at > ${kept} and ${isLost(state)}`.execute(db.kysely);
  const { numAffectedRows: earlier } = await sql`
    update notifications set published_at = null, stream_sequence = null, claimed_until = null
    where received_at > ${kept} and publication_id is null and published_at is not null
      and ${isLost(state)}`.execute(db.kysely);
  const messages = Number(current ?? 0) + Number(earlier ?? 0);
  return messages > 0 ? [{ stream, messages }] : [];
}

/** SQL on a notification's row: whether it is published. A notification of an earlier version has no publication. */
export const isPublished = sql<boolean>`(notifications.published_at is not null and not exists (
  select from publications where publications.id = notifications.publication_id and publications.published_at is null))`;

export async function countUnpublished(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (
      (select count(*) from notifications where published_at is null and subscription_id is not null)
      + (select coalesce(sum(cardinality(notification_ids)), 0) from publications where published_at is null)
    )::int as count`.execute(db.kysely);
  return rows[0]?.count ?? 0;
}
