import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds the people of other organisations who opened a purchase, and the publisher who sees that. */
export const strangersMigration: Migration = {
  async up(db) {
    await sql`alter table events add column publisher_id text`.execute(db);
    await sql`
      create index events_of_strangers on events (at)
      where kind = 'visitor.refused' and subscription_id is not null`.execute(db);
  },
};
