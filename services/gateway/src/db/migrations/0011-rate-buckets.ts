import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Rates that all gateway processes share. Unlogged: it saves the WAL, and after a crash of PostgreSQL every caller starts with
 * a full bucket.
 */
export const rateBuckets: Migration = {
  async up(db) {
    await sql`
      create unlogged table rate_buckets (
        name text primary key,
        tokens double precision not null,
        size double precision not null,
        at timestamptz not null
      )`.execute(db);
    await sql`create index rate_buckets_by_time on rate_buckets (at)`.execute(db);
  },
};
