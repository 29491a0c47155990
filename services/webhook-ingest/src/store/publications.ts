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
  readonly receivedAt: Date;
  /** How often an operator had it published again. */
  readonly replays: number;
}

/**
 * Claims unpublished notifications for this instance until `claimUntil`, oldest first. Instances share the work: rows
 * that another instance is claiming are skipped, and no lock outlives the statement.
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
 * Marks notifications as published. Rows are locked in the same order as by deliveries, so that the two cannot
 * deadlock. The commit does not wait for the disk, which deliveries need more. If a crash of Postgres loses a mark, the
 * message is published once more with the same id.
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

/** Notifications older than the stream keeps them are left out. */
export async function requeueLost(
  db: Db,
  stateOf: (stream: string) => Promise<StreamState | undefined>,
): ReturnType<RelayTurn['requeueLost']> {
  const stream = streams.ingest.name;
  const state = await stateOf(stream);
  const { numAffectedRows } = await sql`
    update notifications set published_at = null, stream_sequence = null, claimed_until = null
    where published_at > now() - ${streams.ingest.maxAgeMs} * interval '1 ms'
      and ${isLost(state)}`.execute(db.kysely);
  const messages = Number(numAffectedRows ?? 0);
  return messages > 0 ? [{ stream, messages }] : [];
}

export async function countUnpublished(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from notifications
    where published_at is null and subscription_id is not null`.execute(db.kysely);
  return rows[0]?.count ?? 0;
}
