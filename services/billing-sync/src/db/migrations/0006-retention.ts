import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds what is old: records lie in the order of time, so a few kilobytes of BRIN are enough. */
export const retentionMigration: Migration = {
  async up(db) {
    await sql`create index usage_records_age on usage_records using brin (taken_at)`.execute(db);
  },
};
