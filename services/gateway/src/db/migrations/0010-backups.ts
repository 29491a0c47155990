import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Backups that the operator's backup job reports, so that the doctor can warn about old ones. */
export const backups: Migration = {
  async up(db) {
    await sql`
      create table backups (
        taken_at timestamptz primary key,
        recorded_at timestamptz not null,
        note text,
        was_restored boolean not null,
        recorded_by text not null
      )`.execute(db);
  },
};
