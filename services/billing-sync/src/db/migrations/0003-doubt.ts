import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const doubtMigration: Migration = {
  async up(db) {
    await sql`alter table usage_hours
      add column in_doubt boolean not null default false`.execute(db);
  },
};
