import type { ColumnType, Generated, JSONColumnType, Transaction } from 'kysely';
import type { ChangeOrigin } from '@landfall/domain/change';
import type { Database } from '@landfall/service-kit/database';
import type { OutboxTables } from '@landfall/service-kit/outbox';
import type { DeliveryTables } from './delivery-tables.ts';

/** Microsoft's record as we know it; `state` holds the whole, the other columns are for queries. */
export interface SubscriptionsTable {
  id: string;
  publisher_id: string;
  offer_id: string;
  plan_id: string;
  status: string;
  state: JSONColumnType<Record<string, unknown>>;
  /** What the buyer answered to the publisher's questions. */
  answers: JSONColumnType<Record<string, string>> | null;
  /** Grows by one with each event; the guard of every write. */
  version: number;
  /** Since when Microsoft does not know it any more. */
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

/** One row per operation of Microsoft's: what was decided, and what came of it, once. */
export interface OperationsTable {
  subscription_id: string;
  operation_id: string;
  action: string;
  decision: 'accept' | 'refuse' | null;
  reason: string | null;
  /** The rule behind the decision. */
  rule_id: string | null;
  decided_at: Date | null;
  /** When the decision was due; null where nobody knows when the notification came. */
  deadline_at: Date | null;
  /** What was in force when it was decided: where a change back leads to. */
  from_plan_id: string | null;
  from_quantity: number | null;
  /** The requested value. */
  to_plan_id: string | null;
  to_quantity: number | null;
  /** Null: nobody has looked yet, or the row was written before this column existed. */
  origin: ChangeOrigin | null;
  /** The text for the customer about a refusal, by language. */
  message: JSONColumnType<Record<string, string>> | null;
  /** Until then one process asks the product, and the others wait for its answer. */
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
  /** Set before the call: when it is there, the call may have arrived. */
  sending_at: Date | null;
  operation_id: string | null;
  /** The operation that we refused in vain and that this changes back. */
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
  /** Whose subscription it is; null where nobody knows yet. */
  publisher_id: string | null;
}

export interface TasksTable {
  /** Order within a lane: given out while the lane's row is locked. */
  id: Generated<string>;
  subscription_id: string;
  kind: string;
  payload: JSONColumnType<Record<string, unknown>>;
  correlation_id: string;
  dedupe_key: string;
  run_id: string | null;
  run_at: Date;
  /** Runs that ended with "once more"; the place on a handler's own ladder. */
  rounds: Generated<number>;
  /** Failures in a row. */
  attempts: Generated<number>;
  last_error: string | null;
  done_at: Date | null;
  dead_at: Date | null;
  /** Of a reconciliation: done, and the difference is still there. */
  unhealed: Generated<boolean>;
  created_at: Generated<Date>;
}

export interface PolicyTable {
  id: Generated<number>;
  rules: JSONColumnType<unknown[]>;
  /** The rest of the policy; what is absent has its default. */
  settings: JSONColumnType<Record<string, unknown>>;
  updated_at: Date;
}

/** Rules of one publisher, in the place of everybody's. */
export interface PublisherPoliciesTable extends Omit<PolicyTable, 'id'> {
  publisher_id: string;
}

/** What was run again by hand, and for whom. */
export interface ReplaysTable {
  id: string;
  what: 'parkedTasks' | 'deadLetters';
  requested_by: string;
  wanted: JSONColumnType<Record<string, unknown>>;
  matched: number;
  replayed: number;
  at: Date;
}

/** How the application's credential does, as all processes together have seen it. */
export interface CredentialHealthTable {
  client_id: string;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  /** Code of the last failure; null since the last success. */
  failure: string | null;
  /** Code of how the API refuses its tokens, and Microsoft's sentence; null while it takes them. */
  api_failure: Generated<string | null>;
  api_explanation: Generated<string | null>;
  /** The warning of its end that was given last, and the day of it. */
  warned_step: Generated<string | null>;
  warned_on: Generated<Date | null>;
}

/** Something to look at later; the row goes with the transaction that records its effect. */
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
  /** A task of the lane has it. */
  queued_at: Date | null;
}

/** What a publisher sets for an offer; an empty id stands for every one. */
export interface SettingsTable {
  publisher_id: string;
  offer_id: string;
  content: JSONColumnType<Record<string, unknown>>;
}

export interface ReconciliationRunsTable {
  id: string;
  /** Whose list is compared; null where there is one publisher, whom nobody named. */
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
  /** Raised whenever a process takes the run; who holds an older one writes nothing any more. */
  fence: Generated<number>;
  phase: Generated<'list' | 'operations' | 'unlisted' | 'healing'>;
  /** Where to go on in the phase: Microsoft's link to the next page, or the last id of ours. */
  position: Generated<string | null>;
  position_at: Generated<Date | null>;
  /** Pages compared, those that were read a second time included. */
  pages: Generated<number>;
  /** Purchases that nobody had opened, or that ended unopened: expected, and no drift. */
  unopened: Generated<number>;
  /** Test purchases that differed; no drift of real ones. */
  tests_drifted: Generated<number>;
  /** Subscriptions of ours that Microsoft did not list. */
  local_only: Generated<number>;
  /** Subscriptions whose outstanding operations Microsoft is asked for. */
  asked_operations: Generated<number>;
  resumes: Generated<number>;
  /** How often the list was begun anew, because Microsoft would not go on with it. */
  restarts: Generated<number>;
  /** When a run that has failed goes on; null where it does not. */
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

/** Runs a function in one transaction: a plain one, or a lane's, which checks its fence first. */
export type Transact = <T>(fn: (trx: Trx) => Promise<T>) => Promise<T>;
