import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Events above a person's quota are counted in `times` of one row, which `fold_key` identifies. A brand file
 * counts against the quota of the publisher that was the first to store it.
 */
export const quotasMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      ALTER TABLE events
        ADD COLUMN times integer NOT NULL DEFAULT 1,
        ADD COLUMN fold_key text`.execute(db);
    await sql`
      CREATE UNIQUE INDEX events_folded ON events (fold_key) WHERE fold_key IS NOT NULL`.execute(
      db,
    );
    await sql`CREATE INDEX events_of_person ON events (tenant_id, object_id, at)`.execute(db);
    await sql`ALTER TABLE brand_files ADD COLUMN publisher_id text`.execute(db);
    await sql`CREATE INDEX brand_files_of_publisher ON brand_files (publisher_id)`.execute(db);
  },
};
