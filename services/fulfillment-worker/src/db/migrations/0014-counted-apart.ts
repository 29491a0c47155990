import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Counts of findings of a reconciliation that are not drift, and a mark on tasks that healed nothing. */
export const countedApartMigration: Migration = {
  async up(db) {
    await sql`
      alter table reconciliation_runs
        add column unopened integer not null default 0,
        add column tests_drifted integer not null default 0`.execute(db);
    await sql`alter table tasks add column unhealed boolean not null default false`.execute(db);
  },
};
