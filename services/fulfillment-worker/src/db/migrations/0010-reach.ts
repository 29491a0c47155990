import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Publisher ids of rows, and indexes for one publisher's lists; null means all publishers. */
export const reachMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'alter table destinations add column publisher_id text',
  // The destination's publisher, stored with each delivery so that a publisher's list reads only its own
  // rows.
  'alter table deliveries add column publisher_id text',
  `create index deliveries_of_publisher on deliveries (publisher_id, created_at desc, id desc)
    where publisher_id is not null`,
  `create index subscriptions_of_publisher
    on subscriptions (publisher_id, created_at desc, id desc)`,
  `create index reconciliation_newest_of_publisher
    on reconciliation_runs (publisher_id, started_at desc, id desc)`,
  // The one row of `policy` applies to every publisher without its own policy.
  `create table publisher_policies (
    publisher_id text primary key,
    rules jsonb not null,
    settings jsonb not null,
    updated_at timestamptz(3) not null)`,
];
