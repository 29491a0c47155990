import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When the newest reading of Microsoft's record began, and an index of a run's open tasks. */
export const readingsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table subscriptions add column read_at timestamptz(3)`,
  `create index tasks_of_run_open on tasks (run_id, run_at)
    where run_id is not null and done_at is null and dead_at is null`,
];
