import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The first schema. Times that cursors contain have milliseconds, like JavaScript's dates. With microseconds, a
 * cursor would miss rows.
 */
export const fulfillmentMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table subscriptions (
    id text primary key,
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    status text not null,
    state jsonb not null,
    answers jsonb,
    version integer not null,
    missing_at timestamptz(3),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now())`,
  `create index subscriptions_newest on subscriptions (created_at desc, id desc)`,
  `create index subscriptions_by_status on subscriptions (status, created_at desc, id desc)`,
  `create index subscriptions_by_offer on subscriptions (offer_id, plan_id, created_at desc, id desc)`,

  `create table timeline (
    sequence bigint generated always as identity primary key,
    subscription_id text not null,
    at timestamptz(3) not null,
    kind text not null,
    cause text not null,
    operation_id text,
    correlation_id text,
    details jsonb not null)`,
  `create index timeline_of_subscription on timeline (subscription_id, sequence)`,
  // Entries about an operation itself are written once, however often it is delivered.
  `create unique index timeline_once_per_operation on timeline (subscription_id, operation_id, kind)
    where kind in ('operationUnconfirmed', 'operationContradicted', 'refusalOverruled',
      'actionUnrecognised', 'changeRefused')`,

  `create table operations (
    subscription_id text not null,
    operation_id text not null,
    action text not null,
    decision text check (decision in ('accept', 'refuse')),
    reason text,
    decided_at timestamptz(3),
    answered_at timestamptz(3),
    outcome text,
    settled_at timestamptz(3),
    created_at timestamptz(3) not null default now(),
    primary key (subscription_id, operation_id))`,

  `create table changes (
    id uuid primary key,
    subscription_id text not null references subscriptions (id),
    kind text not null check (kind in ('ChangePlan', 'ChangeQuantity', 'Unsubscribe')),
    plan_id text,
    quantity integer,
    state text not null check (state in ('requested', 'sent', 'succeeded', 'failed')),
    approved_by text not null,
    sending_at timestamptz(3),
    operation_id text,
    failure text,
    requested_at timestamptz(3) not null,
    settled_at timestamptz(3))`,
  `create unique index changes_one_open on changes (subscription_id)
    where state in ('requested', 'sent')`,
  `create index changes_by_operation on changes (operation_id) where operation_id is not null`,

  `create table lanes (
    subscription_id text primary key,
    fence bigint not null default 0,
    lease_owner text,
    lease_until timestamptz,
    due_at timestamptz) with (fillfactor = 70)`,
  `create index lanes_waiting on lanes (due_at) where lease_until is null and due_at is not null`,
  `create index lanes_leased on lanes (lease_until) where lease_until is not null`,

  `create table tasks (
    id bigint generated always as identity primary key,
    subscription_id text not null references lanes (subscription_id),
    kind text not null,
    payload jsonb not null,
    correlation_id text not null,
    dedupe_key text not null unique,
    run_id uuid,
    run_at timestamptz not null,
    rounds integer not null default 0,
    attempts integer not null default 0,
    last_error text,
    done_at timestamptz(3),
    dead_at timestamptz(3),
    created_at timestamptz(3) not null default now())`,
  `create index tasks_open on tasks (subscription_id, id) where done_at is null and dead_at is null`,
  `create index tasks_of_run on tasks (run_id) where run_id is not null`,
  `create index tasks_done on tasks (done_at) where done_at is not null`,
  `create index tasks_dead on tasks (dead_at) where dead_at is not null`,

  // One row: the rules in force.
  `create table policy (id integer primary key default 1 check (id = 1), rules jsonb not null)`,

  `create table reconciliation_runs (
    id uuid primary key,
    state text not null check (state in ('running', 'completed', 'failed')),
    dry_run boolean not null,
    started_at timestamptz(3) not null,
    finished_at timestamptz(3),
    lease_until timestamptz not null,
    listed integer not null default 0,
    unchanged integer not null default 0,
    drifted integer not null default 0,
    healed integer not null default 0,
    errors integer not null default 0,
    findings jsonb not null default '[]',
    failure text)`,
  `create unique index reconciliation_one_running on reconciliation_runs (state)
    where state = 'running'`,
  `create index reconciliation_newest on reconciliation_runs (started_at desc, id desc)`,
  // Rows exist only during a run, and a crashed run starts again: they need not survive a crash.
  `create unlogged table reconciliation_seen (
    run_id uuid not null,
    subscription_id text not null,
    primary key (run_id, subscription_id))`,
];
