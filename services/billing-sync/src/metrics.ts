import { metrics as table } from '@landfall/contracts/metrics';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import {
  readClock,
  readConsumers,
  readOutbox,
  readPools,
} from '@landfall/service-kit/common-readings';
import type { Bus } from '@landfall/service-kit/bus';
import { type Metrics, ageSeconds, reading, readings } from '@landfall/service-kit/metrics';
import type { Db } from './db/schema.ts';
import { failingSince } from './store/catalogue-readings.ts';
import { countNotBilled, oldestUnsent } from './store/readings.ts';

/**
 * Hours that were not billed count until they are this old. Expired usage is a day old when it is given up, so it counts
 * for another day.
 */
const NOT_BILLED_MS = 2 * USAGE_WINDOW_MS;

/** The metrics of billing-sync: usage on its way to Microsoft, and usage that was not billed. */
export function readBilling(
  metrics: Metrics,
  deps: { readonly db: Db; readonly bus: Bus; readonly now: () => Date },
): void {
  const { db, bus, now } = deps;
  readClock(metrics, db);
  readPools(metrics, db);
  readOutbox(metrics, db, now);
  readConsumers(metrics, { bus, publisher: 'billing-sync', now });
  const { usageOldest, usageTimeLeft, usageNotBilled, catalogueFailing } = table;
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
  metrics.read([catalogueFailing], async () => {
    const at = now();
    return [reading(catalogueFailing, ageSeconds(await failingSince(db.kysely), at) ?? 0)];
  });
}
