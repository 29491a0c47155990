import { sql, type Selectable, type Transaction } from 'kysely';
import { isFault, type Fault } from '@landfall/domain/fault';
import type { Bus, PublishReceipt } from '../bus/bus.ts';
import { inTransaction, type Database } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import { startLoop } from '../process/loop.ts';
import { isLost } from '../bus/lost-messages.ts';
import type { OutboxTables } from './tables.ts';

/** One round of publishing: in flight together, confirmed in some milliseconds. */
const BATCH = 200;
/** Finds what a crash or a lost wake-up left; the usual way is `wake` right after the commit. */
const SWEEP_MS = 1000;
/** First key of the advisory lock; the second is the schema. Any number that nobody else uses. */
const RELAY_LOCK = 0x6c66;

export interface Relay extends AsyncDisposable {
  /** Publishes what has been committed now; call it after each commit that enqueued. */
  wake(): void;
}

type Row = Selectable<OutboxTables['outbox']>;
type Published = { readonly id: string } & PublishReceipt;

/**
 * Publishes the outbox in order of its ids and marks each row on JetStream's confirmation. Several
 * processes take turns, so order holds across them. While NATS or Postgres is away rows wait. A
 * crash between confirmation and mark publishes a row twice, with the same message id. When a
 * stream has lost what it had confirmed, those rows are published again.
 */
export function startRelay<DB extends OutboxTables>(options: {
  database: Database<DB>;
  bus: Bus;
  log: Logger;
}): Relay {
  const { bus, log } = options;
  const database = options.database as unknown as Database<OutboxTables>;
  let checkedAt: number | undefined;
  const publishing = startLoop({
    name: 'relay',
    everyMs: SWEEP_MS,
    log,
    async run(signal) {
      for (let count = BATCH; count === BATCH && bus.isReady() && !signal.aborted;) {
        // Before each batch: what is published now would take the places of what was lost meanwhile.
        const losses = bus.losses();
        if (checkedAt !== losses) await requeueLost(database, bus, log);
        checkedAt = losses;
        count = await publishBatch(database, bus, log);
      }
    },
  });
  const reconnects = bus.onReconnect(() => publishing.wake());
  return {
    wake: () => publishing.wake(),
    async [Symbol.asyncDispose]() {
      reconnects[Symbol.dispose]();
      await publishing[Symbol.asyncDispose]();
    },
  };
}

/** Publishes the next rows and gives their number; throws a fault when some have to wait. */
async function publishBatch(
  database: Database<OutboxTables>,
  bus: Bus,
  log: Logger,
): Promise<number> {
  let trouble: unknown;
  const count = await inTransaction(database, async (trx) => {
    await lockRelay(trx);
    const rows = await trx
      .selectFrom('outbox')
      .selectAll()
      .where('published_at', 'is', null)
      .where('failure', 'is', null)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    const outcomes = await Promise.all(rows.map((row) => publishRow(bus, row)));
    const published = outcomes.flatMap((outcome) => ('sequence' in outcome ? [outcome] : []));
    if (published.length > 0) await markPublished(trx, published);
    for (const outcome of outcomes) {
      if (!('error' in outcome)) continue;
      if (isHopeless(outcome.error))
        await markFailed(trx, { ...outcome, error: outcome.error }, log);
      else trouble ??= outcome.error;
    }
    return rows.length;
  });
  if (trouble) throw trouble;
  return count;
}

async function publishRow(
  bus: Bus,
  row: Row,
): Promise<Published | { readonly id: string; readonly error: unknown }> {
  try {
    const receipt = await bus.publishMessage(row.subject, row.body, {
      messageId: row.message_id,
      correlationId: row.correlation_id,
      causationId: row.causation_id ?? undefined,
      occurredAt: row.occurred_at,
    });
    return { id: row.id, ...receipt };
  } catch (error) {
    return { id: row.id, error };
  }
}

async function markPublished(
  trx: Transaction<OutboxTables>,
  published: readonly Published[],
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

function isHopeless(error: unknown): error is Fault {
  return isFault(error) && error.retry === 'never';
}

async function markFailed(
  trx: Transaction<OutboxTables>,
  outcome: { readonly id: string; readonly error: Fault },
  log: Logger,
): Promise<void> {
  log.error({ err: outcome.error, outboxId: outcome.id }, 'a fact can not be published');
  await trx
    .updateTable('outbox')
    .set({ failure: outcome.error.code })
    .where('id', '=', outcome.id)
    .execute();
}

/** What a stream has lost goes out again, and inboxes drop what had arrived after all. */
async function requeueLost(database: Database<OutboxTables>, bus: Bus, log: Logger): Promise<void> {
  await inTransaction(database, async (trx) => {
    // What another process publishes after our look at the stream would seem to be lost.
    await lockRelay(trx);
    const places = await sql<{ stream: string }>`
      select distinct stream from outbox where stream is not null
    `.execute(trx);
    for (const { stream } of places.rows) {
      const state = await bus.streamState(stream);
      const { numUpdatedRows } = await trx
        .updateTable('outbox')
        .set({ published_at: null, stream: null, stream_sequence: null })
        .where('stream', '=', stream)
        .where(isLost(state))
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) {
        log.warn(
          { stream, facts: Number(numUpdatedRows) },
          'a stream lost facts; publishing again',
        );
      }
    }
  });
}

async function lockRelay(trx: Transaction<OutboxTables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${RELAY_LOCK}, hashtext(current_schema()))`.execute(trx);
}
