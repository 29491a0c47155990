import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Tells which offers and plans a publisher has subscriptions of, without reading the subscriptions. */
export const offersOfPublisherMigration: Migration = {
  async up(db) {
    await sql`
      create index subscriptions_offers_of_publisher
        on subscriptions (publisher_id, offer_id, plan_id)`.execute(db);
  },
};
