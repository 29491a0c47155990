import { sql, type RawBuilder } from 'kysely';
import { metrics as table } from '@landfall/contracts/metrics';
import type { ServiceName } from '@landfall/contracts/services';
import { consumers } from '@landfall/contracts/streams';
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../database/database.ts';
import type { OutboxTables } from './tables.ts';
import { ageSeconds, reading, readings, type Metrics } from '../metrics/metrics.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Rows for the last UTC days, of which `until` is in the last one: `day` as text, `since` and `until` as times. For counting
 * rows by day with one range of an index each.
 */
export function lastDays(days: number, until: Date): RawBuilder<unknown> {
  const today = Math.floor(until.getTime() / DAY_MS) * DAY_MS;
  const first = new Date(today - (days - 1) * DAY_MS);
  return sql`(
    select to_char(since at time zone 'UTC', 'YYYY-MM-DD') as day, since,
      since + interval '24 hours' as until
    from generate_series(${first}::timestamptz, ${new Date(today)}::timestamptz,
      interval '24 hours') as since)`;
}

/** Backlogs are counted up to this number. A larger number says nothing new and would need a long scan. */
export const MAX_COUNTED = 10_000;

/** Reads how many committed facts are not published, and the age of the oldest. */
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
 * Reads how far the consumers of a service's streams are behind. The owner of the stream reports it, because a consuming
 * service that has stopped cannot.
 */
export function readConsumers(
  metrics: Metrics,
  options: {
    readonly bus: Pick<Bus, 'consumerLag'>;
    /** The owner of the streams. */
    readonly publisher: ServiceName;
    readonly now: () => Date;
  },
): void {
  const { bus, publisher, now } = options;
  const ours = consumers.filter(({ stream }) => stream.owner === publisher);
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
