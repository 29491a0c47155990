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
  publisherId: string;
  offerId: string;
  planId: string;
  status: string;
  termStart: Date | null;
  termEnd: Date | null;
  suspendedAt: Date | null;
  endedAt: Date | null;
  /** A test purchase. Its usage is sent like any other, but counted separately. */
  isTest: Generated<boolean>;
  purchasedAt: Date | null;
  version: number;
}

/** Each version once, so that plan and term of a past hour are known, in whatever order the facts arrive. */
export interface SubscriptionVersionsTable {
  subscriptionId: string;
  version: number;
  occurredAt: Date;
  planId: string;
  status: string;
  termStart: Date | null;
}

export interface UsageRecordsTable {
  /** The reporter's id, or `scopedId` of it if a record of another publisher used the id first. */
  eventId: string;
  contentHash: string;
  subscriptionId: string;
  dimension: string;
  hour: Date;
  quantity: string;
  occurredAt: Date;
  takenAt: Date;
}

/** Microsoft gets at most one row per subscription, dimension and UTC hour. */
export interface UsageHoursTable {
  /** Publisher of the subscription. Null in rows written before this column existed, until they are closed or sent. */
  publisherId: string | null;
  subscriptionId: string;
  dimension: string;
  hour: Date;
  planId: string;
  used: Units;
  /** Part of `used` that the term's counter already includes. */
  counted: Units;
  /** Units above the included quantity. */
  reported: Units;
  state: HourState;
  status: string | null;
  usageEventId: string | null;
  problem: string | null;
  firstUsedAt: Date;
  lastUsedAt: Date;
  /** When an open hour is closed. */
  dueAt: Date;
  /** Sent or given up: its quantity never changes again. */
  sealed: Generated<boolean>;
  /** A call may have reached Microsoft without an answer, so the units may have been counted. */
  inDoubt: Generated<boolean>;
  attempts: Generated<number>;
  /** When a closed or held hour is sent next; for a sending one, when its lease ends. */
  nextAttemptAt: Date | null;
  submissionId: string | null;
  settledAt: Date | null;
}

/** Units of closed hours per term. The rest of the included quantity is computed from them. */
export interface TermCountersTable {
  subscriptionId: string;
  planId: string;
  dimension: string;
  termStart: Date;
  used: Units;
}

export interface DimensionsTable {
  offerId: string;
  planId: string;
  dimension: string;
  /** Null: unlimited. */
  included: string | null;
  updatedAt: Date;
}

/** Included quantities of one publisher, which replace those for every publisher. */
export interface PublisherDimensionsTable extends DimensionsTable {
  publisherId: string;
}

/** Each call to the metering API, stored before the call. */
export interface SubmissionsTable {
  id: string;
  startedAt: Date;
  finishedAt: Date | null;
  /** `answered`, or the code of the fault. */
  outcome: string | null;
}

export interface SubmissionRowsTable {
  submissionId: string;
  subscriptionId: string;
  dimension: string;
  hour: Date;
  planId: string;
  quantity: string;
  effectiveStart: Date;
  status: string | null;
  usageEventId: string | null;
  keptQuantity: string | null;
}

/** Units that were moved to another hour, or given up (`to_hour` is null). Rows are never updated. */
export interface AdjustmentsTable {
  id: Generated<string>;
  subscriptionId: string;
  dimension: string;
  fromHour: Date;
  toHour: Date | null;
  quantity: string;
  reason: string;
  at: Date;
}

export interface BillingTables extends OutboxTables {
  subscriptions: SubscriptionsTable;
  subscriptionVersions: SubscriptionVersionsTable;
  usageRecords: UsageRecordsTable;
  usageHours: UsageHoursTable;
  termCounters: TermCountersTable;
  dimensions: DimensionsTable;
  publisherDimensions: PublisherDimensionsTable;
  submissions: SubmissionsTable;
  submissionRows: SubmissionRowsTable;
  adjustments: AdjustmentsTable;
}

export type Db = Database<BillingTables>;
export type Trx = Transaction<BillingTables>;
