import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Test purchases are counted separately, and usage from before a purchase is not billed. */
export const testsMigration: Migration = {
  async up(db) {
    await sql`
      alter table subscriptions
        add column is_test boolean not null default false,
        add column purchased_at timestamptz`.execute(db);
  },
};
