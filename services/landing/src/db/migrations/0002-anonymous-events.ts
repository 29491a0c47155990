import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Retention finds anonymous events without reading the events that are kept for a year. */
export const anonymousEventsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      CREATE INDEX events_of_nobody ON events (at)
      WHERE tenant_id IS NULL AND subscription_id IS NULL`.execute(db);
  },
};
