import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Commands that were called with an `Idempotency-Key`, and their outcomes. */
export const idempotentCalls: Migration = {
  async up(db) {
    await sql`
      create table idempotent_calls (
        caller text not null,
        key text not null,
        procedure text not null,
        input_hash bytea not null,
        run uuid not null,
        leased_until timestamptz(3) not null,
        outcome text,
        created_at timestamptz(3) not null default now(),
        primary key (caller, key)
      )`.execute(db);
    await sql`create index idempotent_calls_by_time on idempotent_calls (created_at)`.execute(db);
  },
};
