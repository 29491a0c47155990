import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The one publisher that a key is limited to; null for every publisher. */
export const publishers: Migration = {
  async up(db) {
    await sql`alter table api_keys add column publisher_id text`.execute(db);
    await sql`alter table audit_log add column publisher_id text`.execute(db);
  },
};
