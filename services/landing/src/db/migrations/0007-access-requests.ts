import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Requests for access: the publisher of the subscription, and when the request was sent to the worker. */
export const accessRequestsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      ALTER TABLE members
        ADD COLUMN publisher_id text,
        ADD COLUMN told_at timestamptz`.execute(db);
    await sql`
      CREATE INDEX members_waiting ON members (asked_at, subscription_id, object_id)
      WHERE role IS NULL AND decided_at IS NULL`.execute(db);
  },
};
