import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Marks notifications without a readable subscription, and when a reconciliation was started because of them. */
export const unreadable: Migration = {
  async up(db) {
    await sql`
      alter table notifications
        add column unreadable boolean not null default false,
        add column reconciled_at timestamptz(3)`.execute(db);
    // Few rows are unreadable, so both queries (which are due, which are recent) cost nothing.
    await sql`
      create index notifications_unreadable on notifications (received_at)
        where unreadable`.execute(db);
  },
};
