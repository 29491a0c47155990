import { sql } from 'kysely';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Bus } from '@landfall/service-kit/bus';
import {
  MAX_COUNTED,
  readConsumers,
  readClock,
  readPools,
} from '@landfall/service-kit/common-readings';
import { ageSeconds, reading, readings, type Metrics } from '@landfall/service-kit/metrics';
import type { CallerCounters } from './webhook/caller-counters.ts';
import type { Db } from './db/schema.ts';

/** Refusals are told of while they are news; a probe of yesterday needs nobody. */
const RECENT_MS = 15 * 60_000;

/** As long as Microsoft repeats a call. After that, an unreadable change has either succeeded or failed. */
const UNREADABLE_MS = 8 * 60 * 60_000;

/**
 * What webhook-ingest tells of itself: who calls, and how far its notifications have come. How long
 * the worker has not taken them is told here too, for a worker that has stopped cannot say so.
 */
export function readIngest(
  metrics: Metrics,
  deps: {
    readonly db: Db;
    /** The connections for calls that Microsoft waits for. */
    readonly urgentDb: Db;
    readonly bus: Bus;
    readonly counters: CallerCounters;
    readonly now: () => Date;
  },
): void {
  const { db, urgentDb, bus, counters, now } = deps;
  readClock(metrics, db);
  readPools(metrics, db, urgentDb);
  readConsumers(metrics, { bus, publisher: 'webhook-ingest', now });
  const { webhookCalls, webhookRefused } = table;
  metrics.read([webhookCalls, webhookRefused], async () => {
    const { accepted, unauthenticated, inARow } = counters.snapshot();
    const since = now().getTime() - RECENT_MS;
    const recent = inARow.filter(({ lastAt }) => lastAt.getTime() > since);
    const calls = Object.entries({ accepted, ...unauthenticated });
    return [
      readings(
        webhookCalls,
        calls.map(([outcome, value]) => ({ labels: { outcome }, value })),
      ),
      reading(webhookRefused, Math.max(0, ...recent.map(({ refused }) => refused))),
    ];
  });
  metrics.read([table.notificationsUnreadable], async () => {
    const since = new Date(now().getTime() - UNREADABLE_MS);
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from (
        select 1 from notifications where unreadable and received_at > ${since}
        limit ${MAX_COUNTED}) as recent`.execute(db.kysely);
    return [reading(table.notificationsUnreadable, rows[0]?.count)];
  });
  const { notificationsUnpublished, notificationsUnpublishedOldest } = table;
  metrics.read([notificationsUnpublished, notificationsUnpublishedOldest], async () => {
    const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
      select count(*)::int as waiting, min(received_at) as oldest from (
        select received_at from notifications
        where published_at is null and subscription_id is not null
        order by received_at limit ${MAX_COUNTED}) as unpublished
    `.execute(db.kysely);
    return [
      reading(notificationsUnpublished, rows[0]?.waiting),
      reading(notificationsUnpublishedOldest, ageSeconds(rows[0]?.oldest, now()) ?? 0),
    ];
  });
}
