import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds what is old: rows lie in the order of time, so a few kilobytes of BRIN are enough. */
export const retentionMigration: Migration = {
  async up(db) {
    await sql`create index timeline_age on timeline using brin (at)`.execute(db);
    await sql`create index operations_age on operations using brin (settled_at)`.execute(db);
    await sql`create index changes_age on changes using brin (settled_at)`.execute(db);
  },
};
