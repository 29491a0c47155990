import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds old rows. Rows are stored in order of time, so a BRIN index of a few kilobytes is enough. */
export const retentionMigration: Migration = {
  async up(db) {
    await sql`create index timeline_age on timeline using brin (at)`.execute(db);
    await sql`create index operations_age on operations using brin (settled_at)`.execute(db);
    await sql`create index changes_age on changes using brin (settled_at)`.execute(db);
  },
};
