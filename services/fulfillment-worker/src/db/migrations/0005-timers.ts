import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Timers, and a publisher's settings for its offers. */
export const timersMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table timers (
    id bigint generated always as identity primary key,
    subscription_id text not null,
    kind text not null,
    step integer not null,
    due_at timestamptz(3) not null,
    deadline timestamptz(3) not null,
    correlation_id text not null,
    leased_until timestamptz,
    queued_at timestamptz(3),
    unique (subscription_id, kind, step))`,
  // Timers that are never urgent come by the thousand with an import; all others overtake them.
  `create index timers_due on timers ((kind = 'sourceOffers'), due_at) where queued_at is null`,
  `create index timers_queued on timers ((kind = 'sourceOffers')) where queued_at is not null`,
  // An empty id stands for every publisher, or every offer.
  `create table settings (
    publisher_id text not null,
    offer_id text not null,
    content jsonb not null,
    primary key (publisher_id, offer_id))`,
];
