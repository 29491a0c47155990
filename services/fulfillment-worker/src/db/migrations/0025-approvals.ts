import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What people wrote and decided: who approved or declined a purchase and why, notes on subscriptions, and the versions of the
 * rules. A subscription's own state has the decision; the words about it are here, where they can be erased.
 */
export const approvalsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table approvals (
    subscription_id text primary key,
    decided_by text not null,
    reason text,
    message_to_buyer text,
    decided_at timestamptz(3) not null)`,

  `create table notes (
    id uuid primary key,
    sequence bigint generated always as identity,
    subscription_id text not null,
    author text not null,
    text text not null,
    at timestamptz(3) not null)`,
  `create index notes_of_subscription on notes (subscription_id, sequence desc)`,
  `create index notes_age on notes (at)`,

  // An empty publisher_id stands for the general policy, as in settings.
  `create table policy_versions (
    version bigint generated always as identity primary key,
    publisher_id text not null,
    author text,
    rules jsonb not null,
    settings jsonb not null,
    saved_at timestamptz(3) not null)`,
  `create index policy_versions_of_publisher on policy_versions (publisher_id, version desc)`,
  // The policies in force. Their authors are not known.
  `insert into policy_versions (publisher_id, rules, settings, saved_at)
    select '', rules, settings, updated_at from policy
    union all select publisher_id, rules, settings, updated_at from publisher_policies`,
];
