import { sql } from 'kysely';
import { metrics as table } from '@landfall/contracts/metrics';
import { readClock, readPools } from '@landfall/service-kit/common-readings';
import type { Database } from '@landfall/service-kit/database';
import { ageSeconds, reading, type Metrics } from '@landfall/service-kit/metrics';
import type { LandingTables } from './db/schema.ts';
import { oldestRequest } from './store/publisher-people.ts';

/** What landing tells of itself: for how long a confirmation and a request for access have waited. */
export function readLanding(
  metrics: Metrics,
  deps: { readonly database: Database<LandingTables>; readonly now: () => Date },
): void {
  const { database, now } = deps;
  readClock(metrics, database);
  readPools(metrics, database);
  metrics.read([table.confirmationsOldest], async () => {
    const { rows } = await sql<{ oldest: Date | null }>`
      select min(confirmed_at) as oldest from visits
      where confirmed_at is not null and handed_over_at is null
    `.execute(database.kysely);
    return [reading(table.confirmationsOldest, ageSeconds(rows[0]?.oldest, now()) ?? 0)];
  });
  metrics.read([table.accessRequestsOldest], async () => {
    const oldest = await oldestRequest(database.kysely);
    return [reading(table.accessRequestsOldest, ageSeconds(oldest, now()) ?? 0)];
  });
}
