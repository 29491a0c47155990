import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether Microsoft's API accepts the tokens that Entra issues, and its text if it does not. */
export const apiAccessMigration: Migration = {
  async up(db) {
    await sql`
      alter table credential_health
        add column api_failure text,
        add column api_explanation text`.execute(db);
  },
};
