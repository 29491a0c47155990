import type { ColumnType, Generated, JSONColumnType, Transaction } from 'kysely';
import type { ChangeOrigin } from '@landfall/domain/change';
import type { Database } from '@landfall/service-kit/database';
import type { OutboxTables } from '@landfall/service-kit/outbox';
import type { DeliveryTables } from './delivery-tables.ts';

/** Microsoft's record as we know it. `state` holds everything; the other columns serve queries. */
export interface SubscriptionsTable {
  id: string;
  publisher_id: string;
  offer_id: string;
  plan_id: string;
  status: string;
  state: JSONColumnType<Record<string, unknown>>;
  /** The buyer's answers to the publisher's questions. */
  answers: JSONColumnType<Record<string, string>> | null;
  /** Grows by one with each event and guards every write. */
  version: number;
  /** Since when Microsoft no longer knows it. */
  missing_at: Date | null;
  /** When the newest reading that was applied began, by Postgres' clock. */
  read_at: Date | null;
  /** When we last asked Microsoft for operations that were not notified. */
  operations_asked_at: Generated<Date | null>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface TimelineTable {
  sequence: Generated<string>;
  subscription_id: string;
  at: Date;
  kind: string;
  cause: string;
  operation_id: string | null;
  correlation_id: string | null;
  details: JSONColumnType<Record<string, unknown>>;
}

/** One row per Microsoft operation, with its decision and its outcome. */
export interface OperationsTable {
  subscription_id: string;
  operation_id: string;
  action: string;
  decision: 'accept' | 'refuse' | null;
  reason: string | null;
  /** The rule behind the decision. */
  rule_id: string | null;
  decided_at: Date | null;
  /** When the decision was due; null if the time of the notification is unknown. */
  deadline_at: Date | null;
  /** The values in force when it was decided, to which a change back leads. */
  from_plan_id: string | null;
  from_quantity: number | null;
  /** The requested value. */
  to_plan_id: string | null;
  to_quantity: number | null;
  /** Null if it was not determined yet, or in rows written before this column existed. */
  origin: ChangeOrigin | null;
  /** The text for the customer about a refusal, by language. */
  message: JSONColumnType<Record<string, string>> | null;
  /** Until then one process asks the product, and the others wait for the answer. */
  asking_until: Date | null;
  answered_at: Date | null;
  outcome: string | null;
  settled_at: Date | null;
  /** When it took effect, by Microsoft's clock; null if it has not. */
  effective_at: Date | null;
  created_at: Generated<Date>;
}

/** A notified change that the record did not show at the first reading. */
export interface ExpectationsTable {
  subscription_id: string;
  /** The operation's id, or a substitute if the notification has no usable id. */
  key: string;
  operation_id: string | null;
  action: string;
  /** The target, if known. */
  plan_id: string | null;
  quantity: number | null;
  /** When it happened, by Microsoft's clock if known. */
  told_at: Date;
  /** The earliest reading that may show it, by our clock. */
  since: Date;
  state: 'waiting' | 'missing' | 'shown';
  looks: Generated<number>;
  /** The task that waits for it. */
  task_id: string;
  missing_since: Date | null;
  created_at: Generated<Date>;
}

export type ChangeKind = 'ChangePlan' | 'ChangeQuantity' | 'Unsubscribe';
export type ChangeState = 'requested' | 'sent' | 'succeeded' | 'failed';

/** A change that we ask Microsoft for, or that a rule refused when a customer requested it here. */
export interface ChangesTable {
  id: string;
  subscription_id: string;
  kind: ChangeKind;
  plan_id: string | null;
  quantity: number | null;
  state: ChangeState;
  origin: ColumnType<ChangeOrigin, ChangeOrigin, never>;
  approved_by: string;
  /** The values in force when it was requested; null in rows written before these columns existed. */
  from_plan_id: string | null;
  from_quantity: number | null;
  /** The publisher's decision, if a rule applied. */
  decision_rule_id: string | null;
  decision_reason: string | null;
  /** The text for the customer about a refusal, by language. */
  decision_message: JSONColumnType<Record<string, string>> | null;
  /** Set before the call. If it is set, the call may have reached Microsoft. */
  sending_at: Date | null;
  operation_id: string | null;
  /** The operation that we refused without effect, and that this change reverts. */
  compensates: string | null;
  failure: string | null;
  /** Microsoft's own text about a refusal, for operators. */
  failure_detail: string | null;
  requested_at: Date;
  settled_at: Date | null;
}

export interface LanesTable {
  subscription_id: string;
  fence: Generated<string>;
  lease_owner: string | null;
  lease_until: Date | null;
  due_at: Date | null;
  /** The publisher of the subscription; null while unknown. */
  publisher_id: string | null;
}

export interface TasksTable {
  /** Order within a lane: assigned while the lane's row is locked. */
  id: Generated<string>;
  subscription_id: string;
  kind: string;
  payload: JSONColumnType<Record<string, unknown>>;
  correlation_id: string;
  dedupe_key: string;
  run_id: string | null;
  run_at: Date;
  /** Runs that asked for another one; the step of a handler's own schedule. */
  rounds: Generated<number>;
  /** Consecutive failures. */
  attempts: Generated<number>;
  last_error: string | null;
  done_at: Date | null;
  dead_at: Date | null;
  /** Task of a reconciliation that is done although the difference remains. */
  unhealed: Generated<boolean>;
  created_at: Generated<Date>;
}

export interface PolicyTable {
  id: Generated<number>;
  rules: JSONColumnType<unknown[]>;
  /** The rest of the policy; absent fields have their defaults. */
  settings: JSONColumnType<Record<string, unknown>>;
  updated_at: Date;
}

/** The policy of one publisher, which replaces the general one. */
export interface PublisherPoliciesTable extends Omit<PolicyTable, 'id'> {
  publisher_id: string;
}

/** What was replayed by hand, and by whom. */
export interface ReplaysTable {
  id: string;
  what: 'parkedTasks' | 'deadLetters';
  requested_by: string;
  wanted: JSONColumnType<Record<string, unknown>>;
  matched: number;
  replayed: number;
  at: Date;
}

/** Health of a publisher's credential, as all processes together have seen it. */
export interface CredentialHealthTable {
  client_id: string;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  /** Code of the last failure; null after a success. */
  failure: string | null;
  /** Code and text with which the API refuses its tokens; null while it accepts them. */
  api_failure: Generated<string | null>;
  api_explanation: Generated<string | null>;
  /** The last warning before its end, and the day of it. */
  warned_step: Generated<string | null>;
  warned_on: Generated<Date | null>;
}

/** Something to check later. The transaction that records its effect deletes the row. */
export interface TimersTable {
  id: Generated<string>;
  subscription_id: string;
  kind: string;
  step: number;
  due_at: Date;
  /** What the timer is about. */
  deadline: Date;
  correlation_id: string;
  leased_until: Date | null;
  /** Set when its task is in the lane. */
  queued_at: Date | null;
}

/** A publisher's settings for an offer; an empty id means all. */
export interface SettingsTable {
  publisher_id: string;
  offer_id: string;
  content: JSONColumnType<Record<string, unknown>>;
}

export interface ReconciliationRunsTable {
  id: string;
  /** The publisher of the list; null if there is only one publisher and it has no name. */
  publisher_id: string | null;
  state: 'running' | 'completed' | 'failed';
  dry_run: boolean;
  started_at: Date;
  finished_at: Date | null;
  lease_until: Date;
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
  position_at: Generated<Date | null>;
  /** Pages compared, including those read twice. */
  pages: Generated<number>;
  /** Purchases that were never opened. They are expected and no drift. */
  unopened: Generated<number>;
  /** Test purchases that differed; not counted as drift. */
  tests_drifted: Generated<number>;
  /** Our subscriptions that Microsoft did not list. */
  local_only: Generated<number>;
  /** Subscriptions for which Microsoft was asked for outstanding operations. */
  asked_operations: Generated<number>;
  resumes: Generated<number>;
  /** How often the list was started again, because Microsoft did not continue it. */
  restarts: Generated<number>;
  /** When a failed run is resumed; null if it is not. */
  resume_at: Generated<Date | null>;
}

export interface ReconciliationSeenTable {
  run_id: string;
  subscription_id: string;
}

export interface FulfillmentTables extends OutboxTables, DeliveryTables {
  subscriptions: SubscriptionsTable;
  timeline: TimelineTable;
  operations: OperationsTable;
  expectations: ExpectationsTable;
  changes: ChangesTable;
  lanes: LanesTable;
  tasks: TasksTable;
  policy: PolicyTable;
  publisher_policies: PublisherPoliciesTable;
  timers: TimersTable;
  settings: SettingsTable;
  replays: ReplaysTable;
  credential_health: CredentialHealthTable;
  reconciliation_runs: ReconciliationRunsTable;
  reconciliation_seen: ReconciliationSeenTable;
}

export type Db = Database<FulfillmentTables>;
export type Trx = Transaction<FulfillmentTables>;

/** Runs a function in one transaction: a plain one, or one of a lane, which checks the fence first. */
export type Transact = <T>(fn: (trx: Trx) => Promise<T>) => Promise<T>;
