import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether and how each publisher writes to customers. An empty id means all publishers, or all offers. */
export const customerMailsMigration: Migration = {
  async up(db) {
    await sql`create table customer_mails (
      publisher_id text primary key,
      settings jsonb not null,
      destination_id uuid)`.execute(db);
    await sql`create table customer_mail_texts (
      publisher_id text not null,
      offer_id text not null,
      language text not null,
      key text not null,
      text text not null,
      primary key (publisher_id, offer_id, language, key))`.execute(db);
    // The end of the term that the last mail about a renewal was about, as in ends_key.
    await sql`alter table subscriptions add column renewal_mail_for text`.execute(db);
  },
};
