import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What is published, apart from the notifications: one row for all that were stored together. Marking it is one small
 * update instead of a new version of each notification, which every index of that table had to note.
 *
 * In rows of this version, `published_at` of a notification is only set so that earlier versions, which may still run,
 * leave the row alone. Rows that they leave unpublished get a publication from the sweep.
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
    // Compressing a body of 2 KB costs as much as the rest of its row. Bodies that do not fit into a page still are.
    await sql`alter table notifications set (toast_tuple_target = 8160)`.execute(db);
  },
};
