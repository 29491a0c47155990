import { metrics as table } from '@landfall/contracts/metrics';
import type { Bus } from '@landfall/service-kit/bus';
import { readConsumers, readOutbox } from '@landfall/service-kit/common-readings';
import { readMatters } from '@landfall/service-kit/matters';
import { ageSeconds, reading, readings, type Metrics } from '@landfall/service-kit/metrics';
import { readServers, readStreams } from '@landfall/service-kit/server-readings';
import { countUnreadable, readBacklog } from './store/readings.ts';
import type { CallerCounters } from './webhook/caller-counters.ts';
import type { Db } from './db/schema.ts';

/** How long refused calls count. A probe of yesterday needs no attention. */
const RECENT_MS = 15 * 60_000;

/** How long Microsoft repeats a call. After that, an unreadable change has either succeeded or failed. */
export const UNREADABLE_MS = 8 * 60 * 60_000;

/**
 * The metrics of webhook-ingest: its callers, and how far their notifications have come. They include how long the
 * worker has not taken notifications, because a worker that has stopped cannot report it.
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
    readonly machineNow: () => Date;
  },
): void {
  const { db, urgentDb, bus, counters, now, machineNow } = deps;
  readServers(metrics, db, urgentDb);
  readStreams(metrics, { bus, owner: 'webhook-ingest' });
  readOutbox(metrics, db, now);
  readMatters(metrics, db);
  readConsumers(metrics, { bus, publisher: 'webhook-ingest', now: machineNow });
  const { webhookCalls, webhookRefused } = table;
  metrics.read([webhookCalls, webhookRefused], async () => {
    const { accepted, unauthenticated, inARow } = counters.snapshot();
    const since = machineNow().getTime() - RECENT_MS;
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
    return [reading(table.notificationsUnreadable, await countUnreadable(db, since))];
  });
  const { notificationsUnpublished, notificationsUnpublishedOldest } = table;
  metrics.read([notificationsUnpublished, notificationsUnpublishedOldest], async () => {
    const backlog = await readBacklog(db);
    return [
      reading(notificationsUnpublished, backlog?.waiting),
      reading(notificationsUnpublishedOldest, ageSeconds(backlog?.oldest, now()) ?? 0),
    ];
  });
}
