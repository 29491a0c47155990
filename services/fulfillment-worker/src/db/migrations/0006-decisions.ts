import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Decisions with their time and origin, changes back, and replays by hand. */
export const decisionsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table operations
    add column rule_id text,
    add column deadline_at timestamptz(3),
    add column from_plan_id text,
    add column from_quantity integer,
    add column asking_until timestamptz`,
  `create index operations_decided on operations (decided_at) where decided_at is not null`,

  `alter table policy
    add column settings jsonb not null default '{}',
    add column updated_at timestamptz(3) not null default now()`,

  // A refused change is changed back once, even if several processes try.
  `alter table changes add column compensates text`,
  `create unique index changes_one_compensation on changes (subscription_id, compensates)
    where compensates is not null`,

  `drop index timeline_once_per_operation`,
  `create unique index timeline_once_per_operation on timeline (subscription_id, operation_id, kind)
    where kind in ('operationUnconfirmed', 'operationContradicted', 'refusalOverruled',
      'actionUnrecognised', 'changeRefused', 'changeDecided', 'compensationRequested',
      'compensationImpossible', 'compensationNotNeeded')`,

  // Who replayed what by hand. The timeline cannot say it, because it names no one.
  `create table replays (
    id uuid primary key,
    what text not null check (what in ('parkedTasks', 'deadLetters')),
    requested_by text not null,
    wanted jsonb not null,
    matched integer not null,
    replayed integer not null,
    at timestamptz(3) not null)`,
  `create index replays_newest on replays (at desc, id desc)`,
  `create index tasks_parked on tasks (dead_at desc, id desc) where dead_at is not null`,
  `drop index tasks_dead`,
];
