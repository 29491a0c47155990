import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whose webhook was called; null in rows from before there could be several publishers. */
export const publisher: Migration = {
  async up(db) {
    await sql`alter table notifications add column publisher_id text`.execute(db);
    // The list of one publisher, newest first.
    await sql`
      create index notifications_by_publisher
        on notifications (publisher_id, received_at, id)`.execute(db);
  },
};
