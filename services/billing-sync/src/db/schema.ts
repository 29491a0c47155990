import type { Generated, Transaction } from 'kysely';
import type { Database } from '@landfall/service-kit/database';
import type { OutboxTables } from '@landfall/service-kit/outbox';

/** `numeric` columns, so that sums stay exact. They are read as float8 and written as decimal text. */
type Units = Generated<string>;

export type HourState =
  | 'open'
  | 'closed'
  | 'sending'
  | 'settled'
  | 'held'
  | 'refused'
  | 'writtenOff';

/** The present state of a subscription: the fact with the highest version. */
export interface SubscriptionsTable {
  id: string;
  publisher_id: string;
  offer_id: string;
  plan_id: string;
  status: string;
  term_start: Date | null;
  term_end: Date | null;
  suspended_at: Date | null;
  ended_at: Date | null;
  /** A test purchase. Its usage is sent like any other, but counted separately. */
  is_test: Generated<boolean>;
  purchased_at: Date | null;
  version: number;
}

/** Each version once, so that plan and term of a past hour are known, in whatever order the facts arrive. */
export interface SubscriptionVersionsTable {
  subscription_id: string;
  version: number;
  occurred_at: Date;
  plan_id: string;
  status: string;
  term_start: Date | null;
}

export interface UsageRecordsTable {
  /** The reporter's id, or `scopedId` of it if a record of another publisher used the id first. */
  event_id: string;
  content_hash: string;
  subscription_id: string;
  dimension: string;
  hour: Date;
  quantity: string;
  occurred_at: Date;
  taken_at: Date;
}

/** Microsoft gets at most one row per subscription, dimension and UTC hour. */
export interface UsageHoursTable {
  /** Publisher of the subscription. Null in rows written before this column existed, until they are closed or sent. */
  publisher_id: string | null;
  subscription_id: string;
  dimension: string;
  hour: Date;
  plan_id: string;
  used: Units;
  /** Part of `used` that the term's counter already includes. */
  counted: Units;
  /** Units above the included quantity. */
  reported: Units;
  state: HourState;
  status: string | null;
  usage_event_id: string | null;
  problem: string | null;
  first_used_at: Date;
  last_used_at: Date;
  /** When an open hour is closed. */
  due_at: Date;
  /** Sent or given up: its quantity never changes again. */
  sealed: Generated<boolean>;
  /** A call may have reached Microsoft without an answer, so the units may have been counted. */
  in_doubt: Generated<boolean>;
  attempts: Generated<number>;
  /** When a closed or held hour is sent next; for a sending one, when its lease ends. */
  next_attempt_at: Date | null;
  submission_id: string | null;
  settled_at: Date | null;
}

/** Units of closed hours per term. The rest of the included quantity is computed from them. */
export interface TermCountersTable {
  subscription_id: string;
  plan_id: string;
  dimension: string;
  term_start: Date;
  used: Units;
}

export interface DimensionsTable {
  offer_id: string;
  plan_id: string;
  dimension: string;
  /** Null: unlimited. */
  included: string | null;
  updated_at: Date;
}

/** Included quantities of one publisher, which replace those for every publisher. */
export interface PublisherDimensionsTable extends DimensionsTable {
  publisher_id: string;
}

/** Each call to the metering API, stored before the call. */
export interface SubmissionsTable {
  id: string;
  started_at: Date;
  finished_at: Date | null;
  /** `answered`, or the code of the fault. */
  outcome: string | null;
}

export interface SubmissionRowsTable {
  submission_id: string;
  subscription_id: string;
  dimension: string;
  hour: Date;
  plan_id: string;
  quantity: string;
  effective_start: Date;
  status: string | null;
  usage_event_id: string | null;
  kept_quantity: string | null;
}

/** Units that were moved to another hour, or given up (`to_hour` is null). Rows are never updated. */
export interface AdjustmentsTable {
  id: Generated<string>;
  subscription_id: string;
  dimension: string;
  from_hour: Date;
  to_hour: Date | null;
  quantity: string;
  reason: string;
  at: Date;
}

export interface BillingTables extends OutboxTables {
  subscriptions: SubscriptionsTable;
  subscription_versions: SubscriptionVersionsTable;
  usage_records: UsageRecordsTable;
  usage_hours: UsageHoursTable;
  term_counters: TermCountersTable;
  dimensions: DimensionsTable;
  publisher_dimensions: PublisherDimensionsTable;
  submissions: SubmissionsTable;
  submission_rows: SubmissionRowsTable;
  adjustments: AdjustmentsTable;
}

export type Db = Database<BillingTables>;
export type Trx = Transaction<BillingTables>;
