import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The position of a notification in JetStream's stream; null in rows published before this column existed. */
export const places: Migration = {
  async up(db) {
    await sql`alter table notifications add column stream_sequence bigint`.execute(db);
    await sql`
      create index notifications_places on notifications (published_at, stream_sequence)
        where published_at is not null`.execute(db);
  },
};
