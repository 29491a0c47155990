import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Changes that Microsoft notified and that its record did not show at the first reading. */
export const expectationsMigration: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table expectations (
    subscription_id text not null,
    key text not null,
    operation_id text,
    action text not null,
    plan_id text,
    quantity integer,
    told_at timestamptz(3) not null,
    since timestamptz(3) not null,
    state text not null check (state in ('waiting', 'missing', 'shown')),
    looks integer not null default 0,
    task_id bigint not null,
    missing_since timestamptz(3),
    created_at timestamptz(3) not null default now(),
    primary key (subscription_id, key))`,
  `create index expectations_missing on expectations (missing_since) where state = 'missing'`,
  `create index expectations_shown on expectations (created_at) where state = 'shown'`,

  // When a change took effect, by Microsoft's clock: a later one overtakes an earlier one.
  `alter table operations add column effective_at timestamptz(3)`,

  // When we last asked Microsoft for operations that were not notified.
  `alter table subscriptions add column operations_asked_at timestamptz(3)`,
  `create index subscriptions_longest_unasked
    on subscriptions (operations_asked_at nulls first, id)
    where status = 'Subscribed' and missing_at is null`,
];
