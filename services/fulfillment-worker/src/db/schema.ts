import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, Transaction } from 'kysely';
import type { ChangeOrigin } from '@landfall/domain/change';
import type { Database } from '@landfall/service-kit/database';
import type { MatterTables } from '@landfall/service-kit/matters';
import type { DeliveryTables } from './delivery-tables.ts';

/** Microsoft's record as we know it. `state` holds everything; the other columns serve queries. */
export interface SubscriptionsTable {
  id: string;
  publisherId: string;
  offerId: string;
  planId: string;
  status: string;
  state: JSONColumnType<Record<string, unknown>>;
  /** The buyer's answers to the publisher's questions. */
  answers: JSONColumnType<Record<string, string>> | null;
  /** Grows by one with each event and guards every write. */
  version: number;
  /** Since when Microsoft no longer knows it. */
  missingAt: Date | null;
  /** When the newest reading that was applied began, by Postgres' clock. */
  readAt: Date | null;
  /** When we last asked Microsoft for operations that were not notified. */
  operationsAskedAt: Generated<Date | null>;
  /** The end of the term, as in `endsKey`, that the last mail about a renewal was about. */
  renewalMailFor: Generated<string | null>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  /** Lower case, cut after 200 characters. PostgreSQL keeps this and the following columns from `state`. */
  nameKey: GeneratedAlways<string>;
  /** End of the term as ISO text; `~`, which sorts last, if there is none. */
  endsKey: GeneratedAlways<string>;
  activation: GeneratedAlways<string>;
  provisioning: GeneratedAlways<string>;
  isTestPurchase: GeneratedAlways<boolean>;
  /** What the end of the term means; null if it has no end or is not in force. */
  termEndKind: GeneratedAlways<'renews' | 'trialConverts' | 'ends' | null>;
}

export interface TimelineTable {
  sequence: Generated<string>;
  subscriptionId: string;
  at: Date;
  kind: string;
  cause: string;
  operationId: string | null;
  correlationId: string | null;
  details: JSONColumnType<Record<string, unknown>>;
}

/** One row per Microsoft operation, with its decision and its outcome. */
export interface OperationsTable {
  subscriptionId: string;
  operationId: string;
  action: string;
  decision: 'accept' | 'refuse' | null;
  reason: string | null;
  /** The rule behind the decision. */
  ruleId: string | null;
  decidedAt: Date | null;
  /** When the decision was due; null if the time of the notification is unknown. */
  deadlineAt: Date | null;
  /** The values in force when it was decided. A change back restores them. */
  fromPlanId: string | null;
  fromQuantity: number | null;
  /** The requested value. */
  toPlanId: string | null;
  toQuantity: number | null;
  /** Null if it was not determined yet, or in rows written before this column existed. */
  origin: ChangeOrigin | null;
  /** The text for the customer about a refusal, by language. */
  message: JSONColumnType<Record<string, string>> | null;
  /** Until then one process asks the product, and the others wait for the answer. */
  askingUntil: Date | null;
  answeredAt: Date | null;
  outcome: string | null;
  settledAt: Date | null;
  /** When it took effect, by Microsoft's clock; null if it has not. */
  effectiveAt: Date | null;
  createdAt: Generated<Date>;
}

/** A notified change that the record did not show at the first reading. */
export interface ExpectationsTable {
  subscriptionId: string;
  /** The operation's id, or a substitute if the notification has no usable id. */
  key: string;
  operationId: string | null;
  action: string;
  /** The target, if known. */
  planId: string | null;
  quantity: number | null;
  /** When it happened, by Microsoft's clock if known. */
  toldAt: Date;
  /** The earliest reading that may show it, by our clock. */
  since: Date;
  state: 'waiting' | 'missing' | 'shown';
  looks: Generated<number>;
  /** The task that waits for it. */
  taskId: string;
  missingSince: Date | null;
  createdAt: Generated<Date>;
}

export type ChangeKind = 'ChangePlan' | 'ChangeQuantity' | 'Unsubscribe';
export type ChangeState = 'requested' | 'sent' | 'succeeded' | 'failed';

/** A change that we ask Microsoft for, or that a rule refused when a customer requested it here. */
export interface ChangesTable {
  id: string;
  subscriptionId: string;
  kind: ChangeKind;
  planId: string | null;
  quantity: number | null;
  state: ChangeState;
  origin: ColumnType<ChangeOrigin, ChangeOrigin, never>;
  approvedBy: string;
  /** The values in force when it was requested; null in rows written before these columns existed. */
  fromPlanId: string | null;
  fromQuantity: number | null;
  /** The publisher's decision, if a rule applied. */
  decisionRuleId: string | null;
  decisionReason: string | null;
  /** The text for the customer about a refusal, by language. */
  decisionMessage: JSONColumnType<Record<string, string>> | null;
  /** Set before the call. If it is set, the call may have reached Microsoft. */
  sendingAt: Date | null;
  operationId: string | null;
  /** The operation that we refused without effect, and that this change reverts. */
  compensates: string | null;
  failure: string | null;
  /** Microsoft's own text about a refusal, for operators. */
  failureDetail: string | null;
  requestedAt: Date;
  settledAt: Date | null;
}

export interface LanesTable {
  subscriptionId: string;
  fence: Generated<string>;
  leaseOwner: string | null;
  leaseUntil: Date | null;
  dueAt: Date | null;
  /** The publisher of the subscription; null while unknown. */
  publisherId: string | null;
}

export interface TasksTable {
  /** Order within a lane: assigned while the lane's row is locked. */
  id: Generated<string>;
  subscriptionId: string;
  kind: string;
  payload: JSONColumnType<Record<string, unknown>>;
  correlationId: string;
  /** Where the task belongs in a recorded trace. Null if it is in none. */
  traceParent: string | null;
  dedupeKey: string;
  runId: string | null;
  runAt: Date;
  /** Runs that asked for another one; the step of a handler's own schedule. */
  rounds: Generated<number>;
  /** Consecutive failures. */
  attempts: Generated<number>;
  lastError: string | null;
  doneAt: Date | null;
  deadAt: Date | null;
  /** Task of a reconciliation that is done although the difference remains. */
  unhealed: Generated<boolean>;
  createdAt: Generated<Date>;
}

export interface PolicyTable {
  id: Generated<number>;
  rules: JSONColumnType<unknown[]>;
  /** The rest of the policy; absent fields have their defaults. */
  settings: JSONColumnType<Record<string, unknown>>;
  updatedAt: Date;
}

/** The policy of one publisher, which replaces the general one. */
export interface PublisherPoliciesTable extends Omit<PolicyTable, 'id'> {
  publisherId: string;
}

/** What was replayed by hand, and by whom. */
export interface ReplaysTable {
  id: string;
  what: 'parkedTasks' | 'deadLetters';
  requestedBy: string;
  wanted: JSONColumnType<Record<string, unknown>>;
  matched: number;
  replayed: number;
  at: Date;
}

/** Health of a publisher's credential, as all processes together have seen it. */
export interface CredentialHealthTable {
  clientId: string;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  /** Code of the last failure; null after a success. */
  failure: string | null;
  /** Code and text with which the API refuses its tokens; null while it accepts them. */
  apiFailure: Generated<string | null>;
  apiExplanation: Generated<string | null>;
  /** The last warning before its end, and the day of it. */
  warnedStep: Generated<string | null>;
  warnedOn: Generated<Date | null>;
}

/** Something to check later. The transaction that records its effect deletes the row. */
export interface TimersTable {
  id: Generated<string>;
  subscriptionId: string;
  kind: string;
  step: number;
  dueAt: Date;
  /** What the timer is about. */
  deadline: Date;
  correlationId: string;
  leasedUntil: Date | null;
  /** Set when its task is in the lane. */
  queuedAt: Date | null;
}

/** A publisher's settings for an offer; an empty id means all. */
export interface SettingsTable {
  publisherId: string;
  offerId: string;
  content: JSONColumnType<Record<string, unknown>>;
}

export interface ReconciliationRunsTable {
  id: string;
  /** The publisher of the list; null if there is only one publisher and it has no name. */
  publisherId: string | null;
  state: 'running' | 'completed' | 'failed';
  dryRun: boolean;
  startedAt: Date;
  finishedAt: Date | null;
  leaseUntil: Date;
  listed: Generated<number>;
  unchanged: Generated<number>;
  drifted: Generated<number>;
  healed: Generated<number>;
  errors: Generated<number>;
  findings: JSONColumnType<
    { subscriptionId: string; kind: string; detail: string; cause?: string }[]
  >;
  failure: string | null;
  /** Raised when a process takes the run. A process with an older fence writes nothing. */
  fence: Generated<number>;
  phase: Generated<'list' | 'operations' | 'unlisted' | 'healing'>;
  /** Position in the phase: Microsoft's link to the next page, or our last id. */
  position: Generated<string | null>;
  positionAt: Generated<Date | null>;
  /** Pages compared, including those read twice. */
  pages: Generated<number>;
  /** Purchases that were never opened. They are expected and are not drift. */
  unopened: Generated<number>;
  /** Test purchases that differed; not counted as drift. */
  testsDrifted: Generated<number>;
  /** Our subscriptions that Microsoft did not list. */
  localOnly: Generated<number>;
  /** Subscriptions for which Microsoft was asked for outstanding operations. */
  askedOperations: Generated<number>;
  resumes: Generated<number>;
  /** How often the list was started again, because Microsoft did not continue it. */
  restarts: Generated<number>;
  /** When a failed run is resumed; null if it is not. */
  resumeAt: Generated<Date | null>;
}

export interface ReconciliationSeenTable {
  runId: string;
  subscriptionId: string;
}

/** One attempt of a call to Microsoft about a subscription, without personal data and tokens. */
export interface ExchangesTable {
  id: Generated<string>;
  subscriptionId: string;
  call: string;
  at: Date;
  status: number | null;
  failure: string | null;
  durationMs: number;
  attempt: number;
  requestId: string;
  correlationId: string;
  cause: string | null;
  sent: JSONColumnType<Record<string, unknown>> | null;
  answer: JSONColumnType<Record<string, unknown>> | null;
}

/** Who approved or declined a purchase, and the words about it. */
export interface ApprovalsTable {
  subscriptionId: string;
  decidedBy: string;
  reason: string | null;
  messageToBuyer: string | null;
  decidedAt: Date;
}

/** A note of the publisher's people on a subscription. */
export interface NotesTable {
  id: string;
  sequence: Generated<string>;
  subscriptionId: string;
  author: string;
  text: string;
  at: Date;
}

/** A saved version of a publisher's policy; an empty publisher id means the general one. */
export interface PolicyVersionsTable {
  version: Generated<string>;
  publisherId: string;
  /** Null if it was saved before versions were kept. */
  author: string | null;
  rules: JSONColumnType<unknown[]>;
  settings: JSONColumnType<Record<string, unknown>>;
  savedAt: Date;
}

/** How a publisher writes to customers; an empty id means all publishers. */
export interface CustomerMailsTable {
  publisherId: string;
  settings: JSONColumnType<Record<string, unknown>>;
  destinationId: string | null;
}

/** A publisher's own text of a mail; an empty id means all publishers or all offers. */
export interface CustomerMailTextsTable {
  publisherId: string;
  offerId: string;
  language: string;
  key: string;
  text: string;
}

export interface FulfillmentTables extends MatterTables, DeliveryTables {
  subscriptions: SubscriptionsTable;
  timeline: TimelineTable;
  operations: OperationsTable;
  expectations: ExpectationsTable;
  changes: ChangesTable;
  lanes: LanesTable;
  tasks: TasksTable;
  policy: PolicyTable;
  publisherPolicies: PublisherPoliciesTable;
  timers: TimersTable;
  settings: SettingsTable;
  replays: ReplaysTable;
  credentialHealth: CredentialHealthTable;
  reconciliationRuns: ReconciliationRunsTable;
  reconciliationSeen: ReconciliationSeenTable;
  exchanges: ExchangesTable;
  customerMails: CustomerMailsTable;
  customerMailTexts: CustomerMailTextsTable;
  approvals: ApprovalsTable;
  notes: NotesTable;
  policyVersions: PolicyVersionsTable;
}

export type Db = Database<FulfillmentTables>;
export type Trx = Transaction<FulfillmentTables>;

/** Runs a function in one transaction: a plain one, or one of a lane, which checks the fence first. */
export type Transact = <T>(fn: (trx: Trx) => Promise<T>) => Promise<T>;
