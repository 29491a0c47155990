import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds old rows. Rows are stored in order of time, so a BRIN index of a few kilobytes is enough. */
export const retentionMigration: Migration = {
  async up(db) {
    await sql`create index usage_records_age on usage_records using brin (taken_at)`.execute(db);
  },
};
