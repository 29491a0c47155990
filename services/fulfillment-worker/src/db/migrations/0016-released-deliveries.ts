import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Deliveries that are sent at once when their destination works again, and their last step of the schedule then. */
export const releasedDeliveriesMigration: Migration = {
  async up(db) {
    await sql`alter table deliveries add column released_rung integer`.execute(db);
  },
};
