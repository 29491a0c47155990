import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An erasure finds a subscription's events without reading all events that are kept for a year. */
export const erasuresMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      CREATE INDEX visits_of_subscription ON visits (subscription_id)
      WHERE subscription_id IS NOT NULL`.execute(db);
    await sql`
      CREATE INDEX events_of_subscription ON events (subscription_id)
      WHERE subscription_id IS NOT NULL`.execute(db);
  },
};
