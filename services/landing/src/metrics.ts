import { metrics as table } from '@landfall/contracts/metrics';
import { readOutbox } from '@landfall/service-kit/common-readings';
import { readMatters } from '@landfall/service-kit/matters';
import type { Database } from '@landfall/service-kit/database';
import { ageSeconds, reading, type Metrics } from '@landfall/service-kit/metrics';
import { readServers } from '@landfall/service-kit/server-readings';
import type { LandingTables } from './db/schema.ts';
import { oldestRequest } from './store/access-requests.ts';
import { oldestConfirmation } from './store/confirmations.ts';

/** Readings behind landing's metrics: age of the oldest waiting confirmation and request for access. */
export function readLanding(
  metrics: Metrics,
  deps: { readonly database: Database<LandingTables>; readonly now: () => Date },
): void {
  const { database, now } = deps;
  readServers(metrics, database);
  readOutbox(metrics, database, now);
  readMatters(metrics, database);
  metrics.read([table.confirmationsOldest], async () => {
    const oldest = await oldestConfirmation(database.kysely);
    return [reading(table.confirmationsOldest, ageSeconds(oldest, now()) ?? 0)];
  });
  metrics.read([table.accessRequestsOldest], async () => {
    const oldest = await oldestRequest(database.kysely);
    return [reading(table.accessRequestsOldest, ageSeconds(oldest, now()) ?? 0)];
  });
}
