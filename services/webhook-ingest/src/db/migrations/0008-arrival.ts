import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * How a notification's first delivery came, and when the worker was asked about it. Most calls come alike, so what they
 * share is stored once: storing it in each row made storing a third slower.
 */
export const arrival: Migration = {
  async up(db) {
    await sql`
      create table arrivals (
        id uuid primary key,
        content text not null,
        seen_at timestamptz(3) not null
      )`.execute(db);
    await sql`
      alter table notifications
        add column arrival_id uuid,
        add column microsoft_request_id text,
        add column microsoft_correlation_id text,
        add column asked_at timestamptz(3),
        add column answered_at timestamptz(3)`.execute(db);
  },
};
