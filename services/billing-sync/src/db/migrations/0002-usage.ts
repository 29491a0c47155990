import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const statements = [
  sql`create table subscriptions (
    id text primary key,
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    status text not null,
    term_start timestamptz,
    term_end timestamptz,
    suspended_at timestamptz,
    ended_at timestamptz,
    version integer not null
  )`,
  sql`create table subscription_versions (
    subscription_id text not null,
    version integer not null,
    occurred_at timestamptz not null,
    plan_id text not null,
    status text not null,
    term_start timestamptz,
    primary key (subscription_id, version)
  )`,
  sql`create table usage_records (
    event_id text primary key,
    content_hash text not null,
    subscription_id text not null,
    dimension text not null,
    hour timestamptz not null,
    quantity numeric not null,
    occurred_at timestamptz not null,
    taken_at timestamptz not null
  )`,
  sql`create table usage_hours (
    subscription_id text not null,
    dimension text not null,
    hour timestamptz not null,
    plan_id text not null,
    used numeric not null default 0,
    counted numeric not null default 0,
    reported numeric not null default 0,
    state text not null,
    status text,
    usage_event_id text,
    problem text,
    first_used_at timestamptz not null,
    last_used_at timestamptz not null,
    due_at timestamptz not null,
    sealed boolean not null default false,
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    submission_id uuid,
    settled_at timestamptz,
    primary key (subscription_id, dimension, hour)
  )`,
  // Indexes that find the open work, however many settled hours there are.
  sql`create index usage_hours_due on usage_hours (due_at) where state = 'open'`,
  sql`create index usage_hours_next on usage_hours (next_attempt_at)
      where state in ('closed', 'held', 'sending')`,
  sql`create index usage_hours_unsettled on usage_hours (last_used_at)
      where state in ('closed', 'held', 'sending')`,
  // Indexes for pages: of all hours, of one subscription's hours, of hours in one state.
  sql`create index usage_hours_page on usage_hours (hour desc, subscription_id, dimension)`,
  sql`create index usage_hours_page_of_subscription
      on usage_hours (subscription_id, hour desc, dimension)`,
  sql`create index usage_hours_page_of_state
      on usage_hours (state, hour desc, subscription_id, dimension)`,
  sql`create table term_counters (
    subscription_id text not null,
    plan_id text not null,
    dimension text not null,
    term_start timestamptz not null,
    used numeric not null default 0,
    primary key (subscription_id, plan_id, dimension, term_start)
  )`,
  sql`create table dimensions (
    offer_id text not null,
    plan_id text not null,
    dimension text not null,
    included numeric,
    updated_at timestamptz not null,
    primary key (offer_id, plan_id, dimension)
  )`,
  sql`create table submissions (
    id uuid primary key,
    started_at timestamptz not null,
    finished_at timestamptz,
    outcome text
  )`,
  sql`create table submission_rows (
    submission_id uuid not null references submissions (id),
    subscription_id text not null,
    dimension text not null,
    hour timestamptz not null,
    plan_id text not null,
    quantity numeric not null,
    effective_start timestamptz not null,
    status text,
    usage_event_id text,
    kept_quantity numeric,
    primary key (submission_id, subscription_id, dimension, hour)
  )`,
  sql`create index submission_rows_of_hour
      on submission_rows (subscription_id, dimension, hour)`,
  sql`create table adjustments (
    id bigint generated always as identity primary key,
    subscription_id text not null,
    dimension text not null,
    from_hour timestamptz not null,
    to_hour timestamptz,
    quantity numeric not null,
    reason text not null,
    at timestamptz not null
  )`,
  sql`create index adjustments_of_subscription on adjustments (subscription_id, id)`,
];

export const usageMigration: Migration = {
  async up(db) {
    for (const statement of statements) await statement.execute(db);
  },
};
