import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { copyFormerUsage } from './0007-former-usage.ts';

/**
 * The ledger: exact, partitioned by month, with the included quantities of each plan and term.
 *
 * Tables of the former version are emptied into the new ones and dropped. A process of the former version that still
 * runs then fails each call, so its callers repeat their records with the new version: nothing is lost or counted twice.
 */
const statements = [
  // What each subscription was at each time.
  sql`alter table subscription_versions add column term_unit text, add column term_end timestamptz`,
  sql`alter table subscriptions add column term_unit text`,

  // An event id is claimed once per publisher. Its own narrow table, because a key of a partitioned table must hold the month.
  sql`create table usage_claims (
    publisher_id text not null,
    event_id text not null,
    content_hash text not null,
    taken_at timestamptz not null,
    primary key (publisher_id, event_id)
  )`,
  sql`create index usage_claims_age on usage_claims using brin (taken_at)`,
  sql`alter table usage_records rename to old_usage_records`,
  sql`alter index usage_records_pkey rename to old_usage_records_pkey`,
  sql`create table usage_records (
    subscription_id text not null,
    publisher_id text not null,
    event_id text not null,
    meter text not null,
    hour timestamptz not null,
    plan_id text not null,
    term_start timestamptz not null,
    term_unit text,
    quantity numeric not null,
    occurred_at timestamptz not null,
    taken_at timestamptz not null
  ) partition by range (hour)`,
  sql`create index usage_records_of_subscription on usage_records (subscription_id, hour, meter)`,

  // Usage of one meter, hour, plan and term as it was reported. Rating takes what has not been counted.
  sql`create table meter_hours (
    subscription_id text not null,
    meter text not null,
    hour timestamptz not null,
    plan_id text not null,
    term_start timestamptz not null,
    term_unit text,
    publisher_id text not null,
    used numeric not null,
    counted numeric not null default 0,
    state text not null default 'open',
    held_because text,
    first_used_at timestamptz not null,
    last_used_at timestamptz not null,
    due_at timestamptz not null,
    primary key (subscription_id, meter, hour, plan_id, term_start)
  ) partition by range (hour)`,
  sql`create index meter_hours_due on meter_hours (due_at, first_used_at) where state = 'open'`,
  sql`create index meter_hours_held on meter_hours (hour) where state = 'held'`,
  sql`create index meter_hours_unrated_list on meter_hours
      (hour desc, subscription_id, meter, plan_id, term_start) where state <> 'rated'`,

  // One row per subscription, dimension and UTC hour: what Microsoft gets.
  sql`alter table usage_hours rename to old_usage_hours`,
  sql`alter index usage_hours_pkey rename to old_usage_hours_pkey`,
  sql`alter index usage_hours_unsettled rename to old_usage_hours_unsettled`,
  sql`create table usage_hours (
    subscription_id text not null,
    dimension text not null,
    hour timestamptz not null,
    publisher_id text not null,
    plan_id text not null,
    used numeric not null default 0,
    reported numeric not null default 0,
    billed numeric,
    state text not null,
    status text,
    usage_event_id text,
    problem text,
    resent_because text,
    first_used_at timestamptz not null,
    last_used_at timestamptz not null,
    sealed boolean not null default false,
    in_doubt boolean not null default false,
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    submission_id uuid,
    settled_at timestamptz,
    published_outcome text,
    primary key (subscription_id, hour, dimension)
  ) partition by range (hour)`,
  sql`create index usage_hours_urgency on usage_hours (hour, publisher_id, next_attempt_at)
      where state in ('closed', 'held', 'sending')`,
  sql`create index usage_hours_unsettled on usage_hours (last_used_at)
      where state in ('closed', 'held', 'sending')`,
  sql`create index usage_hours_refused on usage_hours (subscription_id, hour) where state = 'refused'`,
  sql`create index usage_hours_list on usage_hours (hour desc, subscription_id, dimension)`,
  sql`create index usage_hours_list_of_state on usage_hours (state, hour desc, subscription_id, dimension)`,
  sql`create index usage_hours_list_of_publisher on usage_hours (publisher_id, hour desc, subscription_id, dimension)`,

  // Append-only. Every unit that was rated, moved to another hour or given up. Statements are sums of it.
  sql`create table ledger_entries (
    id bigint generated always as identity,
    at timestamptz not null,
    kind text not null,
    publisher_id text not null,
    subscription_id text not null,
    meter text not null,
    dimension text not null,
    plan_id text not null,
    term_start timestamptz not null,
    term_unit text,
    hour timestamptz not null,
    to_hour timestamptz,
    used numeric not null,
    included numeric not null,
    reported numeric not null,
    remainder numeric not null,
    included_quantity numeric,
    basis text,
    reason text,
    primary key (id, hour)
  ) partition by range (hour)`,
  sql`create index ledger_entries_of_subscription on ledger_entries (subscription_id, hour)`,
  sql`create index ledger_entries_of_target on ledger_entries (subscription_id, to_hour) where to_hour is not null and to_hour <> hour`,
  sql`create index ledger_entries_of_publisher on ledger_entries (publisher_id, hour, subscription_id)`,

  // Units of a term so far. kind 'dimension': a dimension of Microsoft's; 'meter': a meter with tiers.
  sql`alter table term_counters rename to old_term_counters`,
  sql`alter index term_counters_pkey rename to old_term_counters_pkey`,
  sql`create table term_counters (
    subscription_id text not null,
    plan_id text not null,
    kind text not null,
    name text not null,
    term_start timestamptz not null,
    used numeric not null default 0,
    reported numeric not null default 0,
    remainder numeric not null default 0,
    primary key (subscription_id, plan_id, kind, name, term_start)
  )`,

  // Each row of a call. Partitioned like the hours that it is about.
  sql`alter table submission_rows rename to old_submission_rows`,
  sql`alter index submission_rows_pkey rename to old_submission_rows_pkey`,
  sql`create table submission_rows (
    submission_id uuid not null,
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
  ) partition by range (hour)`,
  sql`create index submission_rows_of_an_hour on submission_rows (subscription_id, dimension, hour)`,

  // Refused records, counted, so that a reporter that repeats them for ever needs no room.
  sql`create table usage_refusals (
    publisher_id text not null,
    subscription_id text not null,
    dimension text not null,
    refusal text not null,
    hour timestamptz not null,
    message text not null,
    records bigint not null,
    last_event_id text,
    last_at timestamptz not null,
    primary key (publisher_id, hour, subscription_id, dimension, refusal)
  )`,
  sql`create index usage_refusals_list on usage_refusals
      (hour desc, publisher_id, subscription_id, dimension, refusal)`,

  // Plans as Microsoft offers them. A row per difference.
  sql`create table catalogue_plans (
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    market text not null default '',
    version integer not null,
    content jsonb not null,
    since timestamptz not null,
    read_at timestamptz not null,
    primary key (publisher_id, offer_id, plan_id, market, version)
  )`,
  // When each plan is read next. A plan is listed as soon as a subscription has it.
  sql`create table catalogue_readings (
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    next_at timestamptz not null,
    leased_until timestamptz,
    attempts integer not null default 0,
    read_at timestamptz,
    problem text,
    failing_since timestamptz,
    primary key (publisher_id, offer_id, plan_id)
  )`,
  sql`create index catalogue_readings_due on catalogue_readings (next_at)`,
  // Empty publisher_id: every publisher. Empty term_unit: every term. Null included: unlimited.
  sql`create table overrides (
    id bigint generated always as identity primary key,
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    term_unit text not null,
    dimension text not null,
    included numeric,
    since timestamptz not null,
    until timestamptz
  )`,
  sql`create unique index overrides_in_force on overrides
      (publisher_id, offer_id, plan_id, term_unit, dimension) where until is null`,
  sql`create table meters (
    id bigint generated always as identity primary key,
    publisher_id text not null,
    offer_id text not null,
    plan_id text not null,
    meter text not null,
    tiers jsonb not null,
    since timestamptz not null,
    until timestamptz
  )`,
  sql`create unique index meters_in_force on meters (publisher_id, offer_id, plan_id, meter)
      where until is null`,

  sql`create table recurring_charges (
    id uuid primary key,
    publisher_id text not null,
    subscription_id text,
    offer_id text,
    plan_id text,
    dimension text not null,
    quantity numeric not null,
    every text not null,
    from_at timestamptz not null,
    until_at timestamptz,
    label text not null,
    next_at timestamptz,
    ended_at timestamptz
  )`,
  // A charge of a plan looks up the offer's subscriptions.
  sql`create index subscriptions_of_offer on subscriptions (offer_id)`,
  sql`create index recurring_charges_due on recurring_charges (next_at) where ended_at is null`,
  sql`create table recurring_runs (
    charge_id uuid not null references recurring_charges (id),
    subscription_id text not null,
    due_at timestamptz not null,
    outcome text not null,
    reason text,
    ran_at timestamptz not null,
    primary key (charge_id, due_at, subscription_id)
  )`,
  sql`create index recurring_runs_failed on recurring_runs (outcome, ran_at) where outcome in ('missed', 'refused')`,

  // Microsoft's daily report beside the ledger.
  sql`create table read_back_days (
    publisher_id text not null,
    subscription_id text not null,
    plan_id text not null,
    dimension text not null,
    day date not null,
    ours numeric not null,
    submitted numeric,
    processed numeric,
    recon_status text,
    verdict text not null,
    read_at timestamptz not null,
    primary key (subscription_id, dimension, day, plan_id)
  )`,
  sql`create index read_back_days_list on read_back_days (day desc, subscription_id, dimension, plan_id)`,
  sql`create index read_back_days_list_of_verdict on read_back_days
      (verdict, day desc, subscription_id, dimension, plan_id)`,
  sql`create table read_back_runs (
    publisher_id text primary key,
    since timestamptz not null,
    next_at timestamptz not null,
    attempts integer not null default 0,
    finished_at timestamptz,
    problem text,
    watched_day date
  )`,
  sql`create table usage_incidents (
    id uuid primary key,
    publisher_id text not null,
    subscription_id text not null,
    plan_id text not null default '',
    dimension text not null default '',
    day date not null,
    kind text not null,
    ours numeric,
    theirs numeric,
    message text not null,
    found_at timestamptz not null,
    settled_at timestamptz,
    settled_by text,
    reason text,
    unique (subscription_id, dimension, day, kind, plan_id)
  )`,
  sql`create index usage_incidents_list on usage_incidents (publisher_id, found_at desc, id)`,
  sql`create index usage_incidents_open on usage_incidents (found_at) where settled_at is null`,
  sql`create table usage_thresholds (
    subscription_id text not null,
    dimension text not null,
    units numeric not null,
    crossed_in_term timestamptz,
    primary key (subscription_id, dimension)
  )`,
];

export const ledgerMigration: Migration = {
  async up(db) {
    for (const statement of [...statements, ...copyFormerUsage]) await statement.execute(db);
  },
};
