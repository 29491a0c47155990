import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The publisher of the opened landing page, and sessions that ended before they expire. */
export const arrivalsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`ALTER TABLE visits ADD COLUMN publisher_id text`.execute(db);
    await sql`
      CREATE TABLE ended_sessions (
        id text PRIMARY KEY,
        expires_at timestamptz NOT NULL
      )`.execute(db);
    await sql`CREATE INDEX ended_sessions_expiry ON ended_sessions (expires_at)`.execute(db);
  },
};
