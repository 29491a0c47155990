import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was entered in a confirmation that could not be taken yet, encrypted. */
export const draftsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`ALTER TABLE visits ADD COLUMN draft_sealed text`.execute(db);
  },
};
