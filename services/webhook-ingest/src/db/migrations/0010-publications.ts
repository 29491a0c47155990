import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Keeps what is published in a table of its own, with one row for all notifications that were stored together. Marking
 * this row is one small update. A mark on each notification would write a new version of its row, and an entry into every
 * index of that table.
 *
 * A notification with a publication has a `published_at` only so that earlier versions, which may still run, do not
 * publish it. Notifications that these versions leave unpublished get a publication from the sweep.
 */
export const publications: Migration = {
  async up(db) {
    await sql`
      create table publications (
        id uuid primary key,
        notification_ids uuid[] not null,
        due_at timestamptz(3) not null,
        published_at timestamptz(3),
        stream_sequence bigint
      )`.execute(db);
    await sql`
      create index publications_unpublished on publications (due_at)
        where published_at is null`.execute(db);
    await sql`
      create index publications_places on publications (published_at, stream_sequence)
        where published_at is not null`.execute(db);
    await sql`alter table notifications add column publication_id uuid`.execute(db);
    await sql`drop index notifications_places`.execute(db);
    // Compressing a body of 2 KB costs as much as storing the rest of its row. Only bodies that do not fit into a page are still compressed.
    await sql`alter table notifications set (toast_tuple_target = 8160)`.execute(db);
  },
};
