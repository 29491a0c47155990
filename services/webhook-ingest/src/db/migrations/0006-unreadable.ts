import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Notifications that lead to no subscription, and when a reconciliation was started because of each. */
export const unreadable: Migration = {
  async up(db) {
    await sql`
      alter table notifications
        add column unreadable boolean not null default false,
        add column reconciled_at timestamptz(3)`.execute(db);
    // Nearly none are, so that both readings (what is due, what is recent) cost nothing.
    await sql`
      create index notifications_unreadable on notifications (received_at)
        where unreadable`.execute(db);
  },
};
