import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The entries of a confirmation that was not accepted yet, encrypted. */
export const draftsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`ALTER TABLE visits ADD COLUMN draft_sealed text`.execute(db);
  },
};
