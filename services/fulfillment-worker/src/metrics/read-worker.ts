import { metrics as table } from '@landfall/contracts/metrics';
import type { Bus } from '@landfall/service-kit/bus';
import { readConsumers, readOutbox } from '@landfall/service-kit/common-readings';
import { readMatters } from '@landfall/service-kit/matters';
import { ageSeconds, reading, readings, type Metrics } from '@landfall/service-kit/metrics';
import { readServers, readStreams } from '@landfall/service-kit/server-readings';
import type { Db } from '../db/schema.ts';
import { reportDecisions } from '../store/decisions.ts';
import { countMissing } from '../store/expectations.ts';
import { longestUnasked } from '../store/run-subscriptions.ts';
import type { WorkerDeps } from '../publishers.ts';
import { readPublishers } from './read-publishers.ts';
import {
  countDeadDeliveries,
  countDestinations,
  countLanes,
  countParked,
  oldestNotification,
  overdueSince,
  waitingDeliveries,
} from '../store/readings.ts';

/** Decisions, missing effects and dead deliveries are reported for a day, which is long enough to notice them. */
const NEWS_MS = 24 * 60 * 60 * 1000;

/** All readings of the worker: its work, its decisions, its deliveries, and each publisher. */
export function readWorker(
  metrics: Metrics,
  deps: Pick<WorkerDeps, 'db' | 'publishers' | 'now'> & {
    readonly machineNow: () => Date;
    readonly bus: Bus;
    /** The connections reserved for decisions. */
    readonly decisionDb: Db;
    /** Undefined if reconciliation is not scheduled. */
    readonly reconcileMs: number | undefined;
  },
): void {
  const { db, decisionDb, bus, now, machineNow } = deps;
  const { kysely } = db;
  readServers(metrics, db, decisionDb);
  readStreams(metrics, { bus, owner: 'fulfillment-worker' });
  readOutbox(metrics, db, now);
  readMatters(metrics, db);
  readConsumers(metrics, { bus, publisher: 'fulfillment-worker', now: machineNow });
  readPublishers(metrics, deps);

  const { notificationsUnprocessedOldest, tasksOverdue, tasksParked } = table;
  metrics.read([notificationsUnprocessedOldest, tasksOverdue, tasksParked], async () => {
    const [taken, due, parked] = await Promise.all([
      oldestNotification(kysely),
      overdueSince(kysely),
      countParked(kysely),
    ]);
    return [
      reading(notificationsUnprocessedOldest, ageSeconds(taken, machineNow()) ?? 0),
      reading(tasksOverdue, ageSeconds(due, machineNow()) ?? 0),
      reading(tasksParked, parked),
    ];
  });
  const { lanesWaiting, lanesHeld, deliveriesWaiting, deliveriesOldest } = table;
  metrics.read([lanesWaiting, lanesHeld], async () => {
    const lanes = await countLanes(kysely);
    return [reading(lanesWaiting, lanes?.waiting), reading(lanesHeld, lanes?.held)];
  });
  metrics.read([deliveriesWaiting, deliveriesOldest], async () => {
    const found = await waitingDeliveries(kysely);
    return [
      reading(deliveriesWaiting, found?.waiting),
      reading(deliveriesOldest, ageSeconds(found?.oldest, now()) ?? 0),
    ];
  });
  metrics.read([table.decisionsMissed], async () => {
    const { missedDeadline } = await reportDecisions(kysely, since(now()), undefined);
    return [reading(table.decisionsMissed, missedDeadline)];
  });
  metrics.read([table.operationsUnasked], async () => [
    reading(table.operationsUnasked, ageSeconds(await longestUnasked(kysely), machineNow()) ?? 0),
  ]);
  metrics.read([table.effectsMissing], async () => [
    reading(table.effectsMissing, await countMissing(kysely, since(now()))),
  ]);
  metrics.read([table.deliveriesDead, table.destinations], async () => {
    const [dead, counts] = await Promise.all([
      countDeadDeliveries(kysely, since(now())),
      countDestinations(kysely),
    ]);
    return [
      readings(
        table.deliveriesDead,
        dead.map(({ channel, count }) => ({ labels: { kind: channel }, value: count })),
      ),
      readings(
        table.destinations,
        counts.map(({ state, count }) => ({ labels: { state }, value: count })),
      ),
    ];
  });
}

function since(at: Date): Date {
  return new Date(at.getTime() - NEWS_MS);
}
