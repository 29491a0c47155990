import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Deliveries that go at once when their destination works again, and on which rung they did so last. */
export const releasedDeliveriesMigration: Migration = {
  async up(db) {
    await sql`alter table deliveries add column released_rung integer`.execute(db);
  },
};
