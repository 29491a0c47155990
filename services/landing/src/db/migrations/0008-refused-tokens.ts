import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Since when Microsoft refuses a token that is kept for its whole life. */
export const refusedTokensMigration: Migration = {
  async up(db) {
    await sql`alter table visits add column refused_at timestamptz`.execute(db);
  },
};
