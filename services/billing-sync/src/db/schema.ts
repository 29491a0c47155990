import type { Generated, JSONColumnType, Transaction } from 'kysely';
import type { Database } from '@landfall/service-kit/database';
import type { MatterTables } from '@landfall/service-kit/matters';

/** A `numeric` column: exact decimal text in both directions. */
type Units = string;

export type HourState =
  | 'open'
  | 'closed'
  | 'sending'
  | 'settled'
  | 'held'
  | 'refused'
  | 'writtenOff';

/** Stands for the start of a term that is not known, in keys. */
export const NO_TERM = new Date(0);

/** The present state of a subscription, from the fact with the highest version. */
export interface SubscriptionsTable {
  id: string;
  publisherId: string;
  offerId: string;
  planId: string;
  status: string;
  termStart: Date | null;
  termEnd: Date | null;
  termUnit: string | null;
  suspendedAt: Date | null;
  endedAt: Date | null;
  /** A test purchase. Its usage is sent like any other, but counted separately. */
  isTest: Generated<boolean>;
  purchasedAt: Date | null;
  version: number;
}

/** Every version, so that the plan and term of a past moment are known, in whatever order facts arrive. */
export interface SubscriptionVersionsTable {
  subscriptionId: string;
  version: number;
  occurredAt: Date;
  planId: string;
  status: string;
  termStart: Date | null;
  termEnd: Date | null;
  termUnit: string | null;
}

/** Ids of counted records. An id belongs to a publisher: two publishers may use the same one. */
export interface UsageClaimsTable {
  publisherId: string;
  eventId: string;
  contentHash: string;
  takenAt: Date;
}

/** Each counted record, with the plan and term of its moment. Partitioned by month of `hour`. */
export interface UsageRecordsTable {
  subscriptionId: string;
  publisherId: string;
  eventId: string;
  /** The reported dimension, or the meter whose tiers stand for several dimensions. */
  meter: string;
  hour: Date;
  planId: string;
  termStart: Date;
  termUnit: string | null;
  quantity: Units;
  occurredAt: Date;
  takenAt: Date;
}

/** Reported usage per hour, plan and term. `used - counted` has not been rated. Partitioned by month. */
export interface MeterHoursTable {
  subscriptionId: string;
  meter: string;
  hour: Date;
  planId: string;
  termStart: Date;
  termUnit: string | null;
  publisherId: string;
  used: Units;
  counted: Generated<Units>;
  /** `open` until all of it is rated; `held` while it cannot be rated. */
  state: Generated<'open' | 'held' | 'rated'>;
  /** Why it is held: `included-unknown`. */
  heldBecause: string | null;
  firstUsedAt: Date;
  lastUsedAt: Date;
  /** When it is rated. */
  dueAt: Date;
}

/** Microsoft gets at most one row per subscription, dimension and UTC hour. Partitioned by month. */
export interface UsageHoursTable {
  subscriptionId: string;
  dimension: string;
  hour: Date;
  publisherId: string;
  planId: string;
  /** Rated usage of this hour. */
  used: Generated<Units>;
  /** What is sent: units above the included quantity, and those carried from other hours. */
  reported: Generated<Units>;
  /** What Microsoft has: null until it has answered. */
  billed: Units | null;
  state: HourState;
  status: string | null;
  usageEventId: string | null;
  problem: string | null;
  /** Why a person had a refused hour sent again. */
  resentBecause: string | null;
  firstUsedAt: Date;
  lastUsedAt: Date;
  /** Sent or given up: `reported` never changes again. */
  sealed: Generated<boolean>;
  /** A call may have reached Microsoft without an answer, so the units may have been counted. */
  inDoubt: Generated<boolean>;
  attempts: Generated<number>;
  /** When a closed or held hour is sent next; for a sending one, when its lease ends. */
  nextAttemptAt: Date | null;
  submissionId: string | null;
  settledAt: Date | null;
  /** The outcome in the last published fact about the hour. */
  publishedOutcome: string | null;
}

/**
 * Append-only. `rated`: used = included + reported + remainder; `reported` went to the row of `toHour`. `moved`:
 * `reported` units of the row of `hour` went to the row of `toHour`. `given-up`: `reported` units of the row of `hour`,
 * or late units without a row, are not billed; `toHour` is null. Partitioned by month of `hour`.
 */
export interface LedgerEntriesTable {
  id: Generated<string>;
  at: Date;
  kind: 'rated' | 'moved' | 'given-up';
  publisherId: string;
  subscriptionId: string;
  meter: string;
  dimension: string;
  planId: string;
  termStart: Date;
  termUnit: string | null;
  hour: Date;
  toHour: Date | null;
  used: Units;
  included: Units;
  reported: Units;
  remainder: Units;
  /** The included quantity of the term that was applied; null for unlimited, and for other kinds than `rated`. */
  includedQuantity: Units | null;
  /** Where the included quantity came from: `microsoft`, `override`, or `tier` for free units below a first tier. */
  basis: string | null;
  /** Why units did not stay in their hour: late, plan-changed, expired, quantity-mismatch. */
  reason: string | null;
}

/** Units of a term so far. The rest of the included quantity is computed from them. */
export interface TermCountersTable {
  subscriptionId: string;
  planId: string;
  kind: 'dimension' | 'meter';
  name: string;
  termStart: Date;
  used: Generated<Units>;
  reported: Generated<Units>;
  remainder: Generated<Units>;
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
  quantity: Units;
  effectiveStart: Date;
  status: string | null;
  usageEventId: string | null;
  keptQuantity: Units | null;
}

/** Refused records, counted per hour of arrival. */
export interface UsageRefusalsTable {
  publisherId: string;
  subscriptionId: string;
  dimension: string;
  refusal: string;
  hour: Date;
  message: string;
  records: string;
  lastEventId: string | null;
  lastAt: Date;
}

/** A plan as Microsoft sent it. Quantities and prices are decimal text. */
export interface PlanContent {
  readonly displayName?: string | undefined;
  readonly isPrivate: boolean;
  readonly isPricePerSeat: boolean;
  readonly terms: readonly {
    readonly termUnit: string;
    readonly price?: string | undefined;
    readonly currency?: string | undefined;
    /** By dimension: units, or null for unlimited. A dimension that is absent is not known. */
    readonly included: Readonly<Record<string, string | null>>;
  }[];
  readonly dimensions: readonly {
    readonly id: string;
    readonly displayName?: string | undefined;
    readonly unitOfMeasure?: string | undefined;
    readonly unitPrice?: string | undefined;
    readonly currency?: string | undefined;
  }[];
}

export interface CataloguePlansTable {
  publisherId: string;
  offerId: string;
  planId: string;
  /** Country of the prices; empty if Microsoft did not say. */
  market: string;
  version: number;
  content: JSONColumnType<PlanContent>;
  since: Date;
  readAt: Date;
}

/** When each plan is read next. */
export interface CatalogueReadingsTable {
  publisherId: string;
  offerId: string;
  planId: string;
  nextAt: Date;
  /** While a process reads a plan of the publisher, no other process does. */
  leasedUntil: Date | null;
  /** Failures since the last success. */
  attempts: Generated<number>;
  readAt: Date | null;
  problem: string | null;
  /** When the first of these failures happened; null while no live subscription has the plan. */
  failingSince: Date | null;
}

/** Included quantities that the publisher set. Ended ones stay, with `until`. */
export interface OverridesTable {
  id: Generated<string>;
  /** Empty: every publisher. */
  publisherId: string;
  offerId: string;
  planId: string;
  /** Empty: every term. */
  termUnit: string;
  dimension: string;
  /** Null: unlimited. */
  included: Units | null;
  since: Date;
  until: Date | null;
}

/** Meters with tiers. Ended ones stay, with `until`. */
export interface MetersTable {
  id: Generated<string>;
  /** Empty: every publisher. */
  publisherId: string;
  offerId: string;
  planId: string;
  meter: string;
  /** Lowest threshold first. */
  tiers: JSONColumnType<readonly { readonly from: string; readonly dimension: string }[]>;
  since: Date;
  until: Date | null;
}

export interface RecurringChargesTable {
  id: string;
  publisherId: string;
  subscriptionId: string | null;
  offerId: string | null;
  planId: string | null;
  dimension: string;
  quantity: Units;
  every: string;
  fromAt: Date;
  untilAt: Date | null;
  label: string;
  nextAt: Date | null;
  endedAt: Date | null;
}

export interface RecurringRunsTable {
  chargeId: string;
  subscriptionId: string;
  dueAt: Date;
  outcome: string;
  reason: string | null;
  ranAt: Date;
}

/** A day of Microsoft's usage report beside the ledger. */
export interface ReadBackDaysTable {
  publisherId: string;
  subscriptionId: string;
  planId: string;
  dimension: string;
  /** A date, as text. */
  day: string;
  ours: Units;
  submitted: Units | null;
  processed: Units | null;
  reconStatus: string | null;
  verdict: string;
  readAt: Date;
}

export interface ReadBackRunsTable {
  /** Empty for a single publisher without configured id. */
  publisherId: string;
  /** When the publisher's first run was due. */
  since: Date;
  nextAt: Date;
  attempts: Generated<number>;
  finishedAt: Date | null;
  problem: string | null;
  /** The last day, as text, whose usage was compared with the days before it. */
  watchedDay: string | null;
}

export interface UsageIncidentsTable {
  id: string;
  publisherId: string;
  subscriptionId: string;
  planId: Generated<string>;
  dimension: Generated<string>;
  day: string;
  kind: string;
  ours: Units | null;
  theirs: Units | null;
  message: string;
  foundAt: Date;
  settledAt: Date | null;
  settledBy: string | null;
  reason: string | null;
}

export interface UsageThresholdsTable {
  subscriptionId: string;
  dimension: string;
  units: Units;
  crossedInTerm: Date | null;
}

export interface BillingTables extends MatterTables {
  subscriptions: SubscriptionsTable;
  subscriptionVersions: SubscriptionVersionsTable;
  usageClaims: UsageClaimsTable;
  usageRecords: UsageRecordsTable;
  meterHours: MeterHoursTable;
  usageHours: UsageHoursTable;
  ledgerEntries: LedgerEntriesTable;
  termCounters: TermCountersTable;
  submissions: SubmissionsTable;
  submissionRows: SubmissionRowsTable;
  usageRefusals: UsageRefusalsTable;
  cataloguePlans: CataloguePlansTable;
  catalogueReadings: CatalogueReadingsTable;
  overrides: OverridesTable;
  meters: MetersTable;
  recurringCharges: RecurringChargesTable;
  recurringRuns: RecurringRunsTable;
  readBackDays: ReadBackDaysTable;
  readBackRuns: ReadBackRunsTable;
  usageIncidents: UsageIncidentsTable;
  usageThresholds: UsageThresholdsTable;
}

export type Db = Database<BillingTables>;
export type Trx = Transaction<BillingTables>;
