import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The people who may see and manage a subscription or requested access, and the person an event is about. */
export const membersMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      CREATE TABLE members (
        subscription_id text NOT NULL,
        tenant_id text NOT NULL,
        object_id text NOT NULL,
        role text CHECK (role IN ('owner', 'admin', 'viewer')),
        name text,
        email text,
        asked_at timestamptz,
        decided_at timestamptz,
        decided_by text,
        PRIMARY KEY (subscription_id, tenant_id, object_id)
      )`.execute(db);
    await sql`
      CREATE INDEX members_of_person ON members (tenant_id, object_id, decided_at DESC, subscription_id)
      WHERE role IS NOT NULL`.execute(db);
    await sql`ALTER TABLE events ADD COLUMN about_object_id text`.execute(db);
  },
};
