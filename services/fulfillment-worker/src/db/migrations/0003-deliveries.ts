import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Destinations, events to the ISV's product and their deliveries. */
export const deliveriesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table destinations (
    id uuid primary key,
    label text not null,
    url text not null,
    types text[] not null,
    offer_ids text[] not null,
    is_ordered boolean not null,
    state text not null default 'enabled' check (state in ('enabled', 'disabled')),
    disabled_because text,
    failing_since timestamptz(3),
    alert_step integer not null default 0,
    paused_until timestamptz(3),
    created_at timestamptz(3) not null,
    check ((state = 'disabled') = (disabled_because is not null)))`,

  `create table destination_secrets (
    id bigint generated always as identity primary key,
    destination_id uuid not null references destinations (id),
    secret text not null,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3))`,
  `create index destination_secrets_of on destination_secrets (destination_id, id desc)`,

  `create table product_events (
    id text primary key,
    sequence bigint generated always as identity,
    body text not null,
    created_at timestamptz(3) not null)`,
  `create index product_events_oldest on product_events (created_at)`,

  // No foreign key to destinations: it would lock a destination's one row in every transaction that
  // records an event. Destinations are never deleted.
  `create table deliveries (
    id uuid primary key,
    destination_id uuid not null,
    event_id text not null references product_events (id),
    event_sequence bigint not null,
    type text not null,
    subscription_id text,
    state text not null check (state in ('waiting', 'delivered', 'dead')),
    rung integer not null default 0,
    attempts integer not null default 0,
    next_attempt_at timestamptz(3),
    manual_at timestamptz(3),
    replayed_by text,
    fence bigint not null default 0,
    lease_until timestamptz,
    delivered_at timestamptz(3),
    dead_at timestamptz(3),
    created_at timestamptz(3) not null,
    unique (event_id, destination_id),
    check (next_attempt_at is null or state = 'waiting')) with (fillfactor = 80)`,
  `create index deliveries_due on deliveries (destination_id, next_attempt_at, event_sequence)
    where next_attempt_at is not null`,
  `create index deliveries_manual on deliveries (destination_id, manual_at)
    where manual_at is not null`,
  `create index deliveries_in_order on deliveries (destination_id, subscription_id, event_sequence)
    where state = 'waiting'`,
  `create index deliveries_newest on deliveries (created_at desc, id desc)`,
  `create index deliveries_of_destination on deliveries
    (destination_id, state, created_at desc, id desc)`,
  `create index deliveries_of_subscription on deliveries (subscription_id, created_at desc, id desc)`,
  `create index deliveries_delivered on deliveries (delivered_at) where state = 'delivered'`,
  `create index deliveries_dead on deliveries (dead_at) where state = 'dead'`,
  `create index deliveries_waiting on deliveries (created_at) where state = 'waiting'`,

  `create table delivery_attempts (
    id bigint generated always as identity primary key,
    delivery_id uuid not null references deliveries (id) on delete cascade,
    cause text not null check (cause in ('schedule', 'resend')),
    requested_by text,
    at timestamptz(3),
    status integer,
    failure text,
    duration_ms integer)`,
  `create index delivery_attempts_of on delivery_attempts (delivery_id, id)`,
];
