import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds the changes of a subscription, which every refusal and every late effect reads. */
export const changesOfSubscriptionMigration: Migration = {
  async up(db) {
    await sql`
      create index changes_of_subscription on changes (subscription_id, requested_at)`.execute(db);
  },
};
