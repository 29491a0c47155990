import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The publisher whose webhook was called; null in rows written before this column existed. */
export const publisher: Migration = {
  async up(db) {
    await sql`alter table notifications add column publisher_id text`.execute(db);
    // For the list of one publisher, newest first.
    await sql`
      create index notifications_by_publisher
        on notifications (publisher_id, received_at, id)`.execute(db);
  },
};
