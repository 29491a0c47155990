import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Publishers' branding, texts and questions by publisher, offer and plan; an empty id means all. Files are
 * stored under the hash of their content, so browsers can cache them for ever. A visit stores its offer and
 * price, so that its page has the publisher's branding while the worker cannot be reached.
 */
export const offerPagesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      CREATE TABLE brand_files (
        name text PRIMARY KEY,
        content bytea NOT NULL,
        used_at timestamptz NOT NULL
      )`.execute(db);
    await sql`
      CREATE TABLE offer_pages (
        publisher_id text NOT NULL,
        offer_id text NOT NULL,
        plan_id text NOT NULL,
        page jsonb NOT NULL,
        logo_file text REFERENCES brand_files (name),
        style_file text REFERENCES brand_files (name),
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (publisher_id, offer_id, plan_id)
      )`.execute(db);
    await sql`
      ALTER TABLE visits ADD COLUMN offer jsonb`.execute(db);
  },
};
