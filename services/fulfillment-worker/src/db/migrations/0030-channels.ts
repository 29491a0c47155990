import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Destinations get channels, and notices to people wait for their time. */
export const channelsMigration: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table destinations
    alter column url drop not null,
    add column channel text not null default 'product'
      check (channel in ('product', 'mail', 'teams', 'slack', 'customer-mail')),
    add column recipients text[] not null default '{}',
    add column matter_kinds text[] default '{}',
    add column severities text[] not null default '{}',
    add column language text not null default 'en',
    add column digest text not null default 'at-once',
    add column digest_hour integer not null default 8,
    add column time_zone text not null default 'UTC',
    add column quiet_hours jsonb,
    add column last_message_at timestamptz(3)`,

  // The channel stays with the delivery, because its destination can be removed.
  `alter table deliveries
    add column channel text not null default 'product',
    add column recipient text`,
  `alter table delivery_attempts add column answer_code text`,

  // No foreign key to destinations, for the same reason as in deliveries.
  `create table notices (
    id bigint generated always as identity primary key,
    destination_id uuid not null,
    subject_id text not null,
    what text not null check (what in ('matter', 'event')),
    kind text not null,
    key text,
    severity text not null,
    subscription_id text,
    content jsonb not null,
    state text not null check (state in ('waiting', 'sent', 'closing', 'over')),
    not_before timestamptz(3) not null,
    due_at timestamptz(3),
    sent_at timestamptz(3),
    sent_severity text,
    closed_at timestamptz(3),
    closed_by text,
    ended_at timestamptz(3),
    created_at timestamptz(3) not null,
    unique (destination_id, subject_id),
    check ((due_at is not null) = (state in ('waiting', 'closing'))),
    check ((ended_at is not null) = (state = 'over')))`,
  `create index notices_due on notices (due_at) where due_at is not null`,
  `create index notices_of_destination on notices (destination_id) where due_at is not null`,
  `create index notices_of_subject on notices (subject_id)`,
  `create index notices_again on notices (destination_id, kind, key, closed_at)
    where closed_at is not null and key is not null`,
  `create index notices_ended on notices (ended_at) where ended_at is not null`,
];
