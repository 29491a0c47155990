import { metrics as table } from '@landfall/contracts/metrics';
import { DIFFERENCES } from '@landfall/domain/read-back';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import { readConsumers, readOutbox } from '@landfall/service-kit/common-readings';
import type { Bus } from '@landfall/service-kit/bus';
import { type Metrics, ageSeconds, reading, readings } from '@landfall/service-kit/metrics';
import { readServers, readStreams } from '@landfall/service-kit/server-readings';
import type { Db } from './db/schema.ts';
import { failingSince } from './store/catalogue-readings.ts';
import { countOpen } from './store/incidents.ts';
import { leastRecentRun } from './store/read-back-runs.ts';
import { countMissing } from './store/months.ts';
import { countNotBilled, heldUsage, oldestUnsent } from './store/readings.ts';
import { countFailedRuns } from './store/recurring.ts';

/**
 * Hours that were not billed count until they are this old. Expired usage is a day old when it is given up, so it counts
 * for another day.
 */
const NOT_BILLED_MS = 2 * USAGE_WINDOW_MS;

/** The metrics of billing-sync: usage on its way to Microsoft, and usage that was not billed. */
export function readBilling(
  metrics: Metrics,
  deps: {
    readonly db: Db;
    readonly bus: Bus;
    readonly now: () => Date;
    readonly machineNow: () => Date;
  },
): void {
  const { db, bus, now, machineNow } = deps;
  readServers(metrics, db);
  readStreams(metrics, { bus, owner: 'billing-sync' });
  readOutbox(metrics, db, machineNow);
  readConsumers(metrics, { bus, publisher: 'billing-sync', now: machineNow });
  const { usageOldest, usageTimeLeft, usageNotBilled, catalogueFailing } = table;
  const { usageHeld, usageHeldOldest } = table;
  const { usageMonthsMissing } = table;
  metrics.read([usageMonthsMissing], async () => [
    reading(usageMonthsMissing, await countMissing(db, now())),
  ]);
  metrics.read([usageOldest, usageTimeLeft], async () => {
    const at = now();
    const oldest = ageSeconds(await oldestUnsent(db, at), at);
    const left = oldest === undefined ? undefined : USAGE_WINDOW_MS / 1000 - oldest;
    return [reading(usageOldest, oldest ?? 0), reading(usageTimeLeft, left)];
  });
  metrics.read([usageNotBilled], async () => {
    const since = new Date(now().getTime() - NOT_BILLED_MS);
    const counts = await countNotBilled(db.kysely, since);
    return [
      readings(
        usageNotBilled,
        counts.map(({ state, hours }) => ({ labels: { state }, value: hours })),
      ),
    ];
  });
  metrics.read([usageHeld, usageHeldOldest], async () => {
    const { hours, oldest } = await heldUsage(db.kysely);
    return [reading(usageHeld, hours), reading(usageHeldOldest, ageSeconds(oldest, now()) ?? 0)];
  });
  metrics.read([catalogueFailing], async () => {
    const at = now();
    return [reading(catalogueFailing, ageSeconds(await failingSince(db.kysely), at) ?? 0)];
  });
}

/** The metrics of what was compared and watched. */
export function readProof(
  metrics: Metrics,
  deps: {
    readonly db: Db;
    readonly now: () => Date;
    /** The publishers that are read back. */
    readonly publisherIds: readonly string[];
  },
): void {
  const { db, now, publisherIds } = deps;
  const { usageDifferences, usageUnusual, usageThresholdsCrossed, usageReadBackAge } = table;
  metrics.read([usageDifferences, usageUnusual, usageThresholdsCrossed], async () => {
    const open = new Map((await countOpen(db.kysely)).map((one) => [one.kind, one.incidents]));
    // Microsoft's answer to a row may show a difference as well.
    const differences = [...DIFFERENCES, 'over-billed'].map((kind) => ({
      labels: { kind },
      value: open.get(kind) ?? 0,
    }));
    return [
      readings(usageDifferences, differences),
      reading(usageUnusual, open.get('unusual') ?? 0),
      reading(usageThresholdsCrossed, open.get('threshold') ?? 0),
    ];
  });
  metrics.read([usageReadBackAge], async () => {
    const at = await leastRecentRun(db.kysely, publisherIds);
    return [reading(usageReadBackAge, ageSeconds(at, now()))];
  });
}

/** The metric of recurring quantities that were not reported. */
export function readRecurring(
  metrics: Metrics,
  { db, now }: { readonly db: Db; readonly now: () => Date },
): void {
  const { recurringFailed } = table;
  metrics.read([recurringFailed], async () => {
    const since = new Date(now().getTime() - NOT_BILLED_MS);
    const counts = await countFailedRuns(db.kysely, since);
    const values = counts.map(({ outcome, runs }) => ({ labels: { outcome }, value: runs }));
    return [readings(recurringFailed, values)];
  });
}
