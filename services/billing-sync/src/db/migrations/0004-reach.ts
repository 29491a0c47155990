import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  // Copied from the subscription, so that the list of one publisher reads only its own rows. Hours that an older
  // version writes during the upgrade get it when they are closed or sent.
  sql`alter table usage_hours add column publisher_id text`,
  sql`update usage_hours h set publisher_id = s.publisher_id
      from subscriptions s where s.id = h.subscription_id`,
  sql`create index usage_hours_page_of_publisher
      on usage_hours (publisher_id, hour desc, subscription_id, dimension)`,
  // A row replaces the row of `dimensions` for this publisher. Rows of `dimensions` apply to every other publisher.
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

/** The publisher of each hour, an index for one publisher's list, and each publisher's own included quantities. */
export const reachMigration: Migration = {
  async up(db) {
    for (const statement of statements) await statement.execute(db);
  },
};
