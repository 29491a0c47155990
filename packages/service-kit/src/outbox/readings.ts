import { sql } from 'kysely';
import { metrics as table } from '@landfall/contracts/metrics';
import type { ServiceName } from '@landfall/contracts/services';
import { consumers } from '@landfall/contracts/streams';
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../database/database.ts';
import type { OutboxTables } from './tables.ts';
import { ageSeconds, reading, readings, type Metrics } from '../metrics/metrics.ts';

/** A backlog is counted up to here: more tells nothing new and would cost a long scan. */
export const MAX_COUNTED = 10_000;

/** Statements that wait for a connection of this process, in all of its pools. */
export function readPools(metrics: Metrics, ...databases: Pick<Database<never>, 'pool'>[]): void {
  metrics.read([table.poolWaiting], async () => [
    reading(
      table.poolWaiting,
      databases.reduce((sum, { pool }) => sum + pool.waitingCount, 0),
    ),
  ]);
}

/**
 * How far our clock is from Postgres', which all services share and so can be compared by. The way there and back
 * may have been of any length in either direction: only what cannot be the way's is told.
 */
export function readClock(
  metrics: Metrics,
  database: Pick<Database<never>, 'pool'>,
  clock: () => Date = () => new Date(),
): void {
  metrics.read([table.clockOffset], async () => {
    const before = clock().getTime();
    const { rows } = await database.pool.query<{ at: Date }>('select clock_timestamp() as at');
    const after = clock().getTime();
    const at = rows[0]?.at.getTime() ?? before;
    return [reading(table.clockOffset, Math.max(0, before - at, at - after) / 1000)];
  });
}

/** What is committed and not published. */
export function readOutbox<DB extends OutboxTables>(
  metrics: Metrics,
  database: Database<DB>,
  now: () => Date,
): void {
  metrics.read([table.outboxPending, table.outboxOldest], async () => {
    const { rows } = await sql<{ pending: number; oldest: Date | null }>`
      select count(*)::int as pending, min(occurred_at) as oldest from (
        select occurred_at from outbox where published_at is null and failure is null
        order by id limit ${MAX_COUNTED}) as waiting
    `.execute(database.kysely);
    return [
      reading(table.outboxPending, rows[0]?.pending),
      reading(table.outboxOldest, ageSeconds(rows[0]?.oldest, now()) ?? 0),
    ];
  });
}

/**
 * How far the consumers of a service's facts are behind. Told by who publishes and not by who
 * consumes: a service that has stopped cannot say so.
 */
export function readConsumers(
  metrics: Metrics,
  options: {
    readonly bus: Pick<Bus, 'consumerLag'>;
    readonly publisher: ServiceName;
    readonly now: () => Date;
  },
): void {
  const { bus, publisher, now } = options;
  const ours = consumers.filter(({ facts }) => facts.every(({ owner }) => owner === publisher));
  const { consumerPending, consumerRedelivered, consumerOldest, deadLetters } = table;
  metrics.read([consumerPending, consumerRedelivered, consumerOldest, deadLetters], async () => {
    const lags = await Promise.all(
      ours.map(async (definition) => {
        const lag = await bus.consumerLag(definition);
        return lag ? [{ labels: { durable: definition.durable }, lag }] : [];
      }),
    );
    const found = lags.flat();
    return [
      readings(
        consumerPending,
        found.map(({ labels, lag }) => ({ labels, value: lag.unsettled })),
      ),
      readings(
        consumerRedelivered,
        found.map(({ labels, lag }) => ({ labels, value: lag.redelivered })),
      ),
      readings(
        consumerOldest,
        found.map(({ labels, lag }) => ({ labels, value: ageSeconds(lag.oldestAt, now()) ?? 0 })),
      ),
      readings(
        deadLetters,
        found.map(({ labels, lag }) => ({ labels, value: lag.deadLetters })),
      ),
    ];
  });
}

/** Takes the record of each attempt at Microsoft's APIs: what, with which end, how long. */
export function measureCalls(
  metrics: Metrics,
): (record: {
  readonly operation: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly durationMs: number;
}) => void {
  return ({ operation, status, code, durationMs }) =>
    metrics.observe(
      table.marketplaceCall,
      { operation, status: status === undefined ? (code ?? 'none') : String(status) },
      durationMs,
    );
}
