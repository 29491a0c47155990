import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a reconciliation run needs to be resumed, also in another process. */
export const resumableRunsMigration: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table reconciliation_runs
    add column fence integer not null default 0,
    add column phase text not null default 'list'
      check (phase in ('list', 'operations', 'unlisted', 'healing')),
    add column position text,
    add column position_at timestamptz,
    add column pages integer not null default 0,
    add column local_only integer not null default 0,
    add column asked_operations integer not null default 0,
    add column resumes integer not null default 0,
    add column restarts integer not null default 0,
    add column resume_at timestamptz`,
  // A run now survives a crash of PostgreSQL, which empties unlogged tables.
  `alter table reconciliation_seen set logged`,
  `create index operations_open on operations (subscription_id) where outcome is null`,
];
