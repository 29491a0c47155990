import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When Microsoft first refused the token, which is kept as long as it is valid. */
export const refusedTokensMigration: Migration = {
  async up(db) {
    await sql`alter table visits add column refused_at timestamptz`.execute(db);
  },
};
