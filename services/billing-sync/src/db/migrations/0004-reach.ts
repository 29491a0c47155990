import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // The subscription's, so that the list of one publisher reads its own rows alone. Hours that a process
  // of before writes meanwhile get it when they are closed.
  sql`alter table usage_hours add column publisher_id text`,
  sql`update usage_hours h set publisher_id = s.publisher_id
      from subscriptions s where s.id = h.subscription_id`,
  sql`create index usage_hours_page_of_publisher
      on usage_hours (publisher_id, hour desc, subscription_id, dimension)`,
  // Beside `dimensions`, whose rows are in force for offers of every publisher without its own.
  sql`create table publisher_dimensions (
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    dimension text not null,
    included numeric,
    updated_at timestamptz not null,
    primary key (publisher_id, offer_id, plan_id, dimension)
  )`,
];

/** What belongs to one publisher, and lists of it alone. */
export const reachMigration: Migration = {
  async up(db) {
    for (const statement of statements) await statement.execute(db);
  },
};
