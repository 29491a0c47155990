import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Events beyond a person's quota are counted in one row: `times`, found again by `fold_key`. A brand
 * file belongs to the publisher who stored it first, whose quota it counts against.
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
