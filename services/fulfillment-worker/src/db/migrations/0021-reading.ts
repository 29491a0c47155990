import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What operators search, sort and filter by, kept by PostgreSQL itself in generated columns: erased data disappears from the
 * search in the same statement. Further, Microsoft's answers and listeners of events.
 */
export const readingMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

/** Characters of each text that are searched. Even at four bytes each, they fit into one word of an index. */
const MAX_TEXT = 500;

const people = ['beneficiary', 'purchaser', 'claimedBy'];
const ids = ['id', ...people.flatMap((who) => [field(who, 'tenantId'), field(who, 'objectId')])];
const emails = people.map((who) => field(who, 'emailId'));
const name = textOf(`state ->> 'name'`);

function field(who: string, key: string): string {
  return textOf(`state -> '${who}' ->> '${key}'`);
}

function textOf(value: string): string {
  return `lower(left(coalesce(${value}, ''), ${MAX_TEXT}))`;
}

const statements = [
  // Whole ids and addresses, and the words of names and addresses. A full-text index finds them by their beginning and needs
  // no extension, which the role of a service may not create.
  `create function subscription_words(id text, state jsonb) returns tsvector
    language sql immutable parallel safe
    return array_to_tsvector(array_remove(
      array[${[...ids, ...emails].join(', ')}]
      || string_to_array(${name}, ' ')
      || regexp_split_to_array(${[name, ...emails].join(` || ' ' || `)}, '[^[:alnum:]]+'), ''))`,
  `alter table subscriptions
    add column words tsvector generated always as (subscription_words(id, state)) stored,
    add column name_key text collate "C"
      generated always as (left(${name}, 200)) stored,
    add column ends_key text collate "C"
      generated always as (coalesce(state -> 'term' ->> 'endDate', '~')) stored,
    add column activation text
      generated always as (coalesce(state -> 'activation' ->> 'state', 'none')) stored,
    add column provisioning text
      generated always as (coalesce(state -> 'provisioning' ->> 'state', 'none')) stored,
    add column is_test_purchase boolean
      generated always as (coalesce((state -> 'isTest')::boolean, false)
        or lower(coalesce(state ->> 'sessionMode', '')) = 'dryrun'
        or state ->> 'sandboxType' is not null) stored`,
  `create index subscriptions_by_words on subscriptions using gin (words)`,
  `create index subscriptions_by_name on subscriptions (name_key, id)`,
  `create index subscriptions_by_end on subscriptions (ends_key, id)`,
  `create index subscriptions_by_update on subscriptions (updated_at)`,
  `create index subscriptions_activating on subscriptions (activation, created_at desc, id desc)
    where activation not in ('none', 'confirmed')`,
  `create index operations_by_id on operations (operation_id)`,
  `create index operations_newest on operations (created_at desc, operation_id desc, subscription_id desc)`,
  `create index operations_unsettled on operations (created_at desc, operation_id desc, subscription_id desc)
    where outcome is null`,
  // Also finds the task of one subscription in a run, for the state of a finding.
  `drop index tasks_of_run`,
  `create index tasks_of_run on tasks (run_id, subscription_id, id desc) where run_id is not null`,

  // Answers of Microsoft's API, without personal data and tokens.
  `create table exchanges (
    id bigint generated always as identity primary key,
    subscription_id text not null,
    call text not null,
    at timestamptz(3) not null,
    status integer,
    failure text,
    duration_ms integer not null,
    attempt integer not null,
    request_id text not null,
    correlation_id text not null,
    cause text,
    sent jsonb,
    answer jsonb)`,
  `create index exchanges_of_subscription on exchanges (subscription_id, id desc)`,
  `create index exchanges_age on exchanges using brin (at)`,

  `create table listeners (
    id uuid primary key,
    publisher_id text,
    label text not null,
    types text[] not null,
    offer_ids text[] not null,
    secret text not null,
    takes bigint not null default 0,
    ends_at timestamptz(3) not null,
    created_at timestamptz(3) not null default now())`,
  // The column `taken` numbers the answers of a listener. Only what was in an answer is removed by its confirmation: an event
  // with a lower sequence may be committed later than one with a higher sequence. No foreign key to listeners: a listener that
  // ends must not fail a transaction that records an event.
  `create table listener_events (
    listener_id uuid not null,
    event_sequence bigint not null,
    event_id text not null references product_events (id) on delete cascade,
    subscription_id text,
    taken bigint,
    created_at timestamptz(3) not null default now(),
    primary key (listener_id, event_sequence))`,
  `create index listener_events_of_event on listener_events (event_id)`,
  `create index listener_events_of_subscription on listener_events (subscription_id)`,
  `create index listener_events_age on listener_events (created_at)`,
];
