import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const notifications: Migration = {
  async up(db) {
    await sql`
      create table notifications (
        id uuid primary key,
        dedupe_key text not null unique,
        operation_id text,
        subscription_id text,
        action text not null,
        plan_id text,
        quantity double precision,
        body text not null,
        problems jsonb not null,
        correlation_id text not null,
        received_at timestamptz(3) not null,
        deliveries integer not null,
        last_delivered_at timestamptz(3) not null,
        verdict text not null check (verdict in ('accepted', 'refused', 'undecided')),
        reason text,
        published_at timestamptz(3),
        claimed_until timestamptz(3)
      )`.execute(db);
    // For lists, newest first, of all notifications and of one subscription's. Pages begin after a time and an id.
    await sql`create index notifications_by_time on notifications (received_at, id)`.execute(db);
    await sql`
      create index notifications_by_subscription
        on notifications (subscription_id, received_at, id)`.execute(db);
    // The sweep reads only unpublished notifications. There are nearly none, so this index is tiny.
    await sql`
      create index notifications_unpublished on notifications (received_at)
        where published_at is null and subscription_id is not null`.execute(db);
  },
};
