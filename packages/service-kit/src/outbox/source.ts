import { sql, type RawBuilder, type Transaction } from 'kysely';
import { inTransaction, type Database } from '../database/database.ts';
import type { StreamState } from '../bus/bus.ts';
import type { PublishedMessage, RelayMessage, RelaySource, RelayTurn } from './relay.ts';
import type { OutboxTables } from './tables.ts';

/** First key of the advisory lock; the second is the schema. Any otherwise unused number. */
const RELAY_LOCK = 0x6c66;

/**
 * The outbox, in the order of its ids. A turn is one transaction under a lock, so several processes
 * take turns and the order holds across them.
 */
export function outboxSource<DB extends OutboxTables>(database: Database<DB>): RelaySource {
  const ours = database as unknown as Database<OutboxTables>;
  return {
    inTurn: (work) =>
      inTransaction(ours, async (trx) => {
        await sql`select pg_advisory_xact_lock(${RELAY_LOCK}, hashtext(current_schema()))`.execute(
          trx,
        );
        return await work(turnOf(trx));
      }),
  };
}

function turnOf(trx: Transaction<OutboxTables>): RelayTurn {
  return {
    claim: (limit) => unpublished(trx, limit),
    markPublished: (published) => markPublished(trx, published),
    async markFailed(id, { code }) {
      await trx.updateTable('outbox').set({ failure: code }).where('id', '=', id).execute();
    },
    requeueLost: (stateOf) => requeueLost(trx, stateOf),
  };
}

async function unpublished(
  trx: Transaction<OutboxTables>,
  limit: number,
): Promise<readonly RelayMessage[]> {
  const rows = await trx
    .selectFrom('outbox')
    .selectAll()
    .where('publishedAt', 'is', null)
    .where('failure', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    subject: row.subject,
    body: row.body,
    messageId: row.messageId,
    correlationId: row.correlationId,
    causationId: row.causationId ?? undefined,
    occurredAt: row.occurredAt,
    traceParent: row.traceParent ?? undefined,
  }));
}

async function markPublished(
  trx: Transaction<OutboxTables>,
  published: readonly PublishedMessage[],
): Promise<void> {
  await sql`
    update outbox
    set published_at = now(), stream = done.stream, stream_sequence = done.sequence
    from unnest(
      ${published.map(({ id }) => id)}::bigint[],
      ${published.map(({ stream }) => stream)}::text[],
      ${published.map(({ sequence }) => sequence)}::bigint[]
    ) as done (id, stream, sequence)
    where outbox.id = done.id
  `.execute(trx);
}

/** Marks lost messages as unpublished. If one was not lost after all, the inboxes drop the repetition. */
async function requeueLost(
  trx: Transaction<OutboxTables>,
  stateOf: (stream: string) => Promise<StreamState | undefined>,
): Promise<readonly { readonly stream: string; readonly messages: number }[]> {
  const lost = [];
  const streams = await sql<{ stream: string }>`
    select distinct stream from outbox where stream is not null
  `.execute(trx);
  for (const { stream } of streams.rows) {
    const state = await stateOf(stream);
    const { numUpdatedRows } = await trx
      .updateTable('outbox')
      .set({ publishedAt: null, stream: null, streamSequence: null })
      .where('stream', '=', stream)
      .where(isLost(state))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) lost.push({ stream, messages: Number(numUpdatedRows) });
  }
  return lost;
}

/**
 * Whether JetStream has lost a confirmed message, for a row with `published_at` and `stream_sequence`. It has, if the
 * sequence is above the stream's last one, if the stream is younger than the confirmation, or if the stream is missing.
 * Use it before anything new is published, because a new message takes the sequence of a lost one.
 */
export function isLost(state: StreamState | undefined): RawBuilder<boolean> {
  if (!state) return sql`true`;
  return sql`(stream_sequence > ${String(state.lastSequence)} or published_at < ${state.createdAt})`;
}
