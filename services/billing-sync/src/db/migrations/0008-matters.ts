import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds the few hours whose outcome needs a person. */
export const mattersMigration: Migration = {
  async up(db) {
    await sql`create index usage_hours_doubtful on usage_hours (hour)
      where problem in ('quantity-mismatch', 'outcome-unknown')`.execute(db);
  },
};
