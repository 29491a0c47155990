import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The publisher of a lane and of a reconciliation run; null if there is one publisher without a name, or if a
 * lane's subscription is not known yet.
 */
export const publishersMigration: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'alter table lanes add column publisher_id text',
  `update lanes set publisher_id = subscriptions.publisher_id
    from subscriptions where subscriptions.id = lanes.subscription_id`,
  // Each publisher's lanes are claimed separately, so that one publisher's waiting lanes do not hide
  // another's.
  `create index lanes_waiting_of_publisher on lanes (publisher_id, due_at)
    where lease_until is null and due_at is not null`,
  'alter table reconciliation_runs add column publisher_id text',
  'drop index reconciliation_one_running',
  `create unique index reconciliation_one_running_each
    on reconciliation_runs (coalesce(publisher_id, '')) where state = 'running'`,
];
