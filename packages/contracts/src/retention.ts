import type { ServiceName } from './services.ts';

/** How long rows of a table are kept, and why. */
export interface RetentionRule {
  readonly table: string;
  /** Column with the time from which the days count. Rows without a value there stay. */
  readonly since: string;
  /**
   * `machine`: the column has the real time of the machine, often from the database's `now()`. Absent: it has the service's
   * time. They differ only while the marketplace emulator's clock is moved.
   */
  readonly clock?: 'machine' | undefined;
  /** SQL condition on the row. Absent: every row that is old enough. */
  readonly only?: string | undefined;
  /** Environment variable with the number of days. Absent: the number is fixed. */
  readonly setting?: string | undefined;
  /** Default number of days. 0: the column itself holds the time of deletion. */
  readonly days: number;
  /** Smallest allowed number of days. `reason` says what a smaller one would break. */
  readonly minDays?: number | undefined;
  /** The service removes these rows itself, because more than a `delete` is needed. */
  readonly isPrunedByService?: true | undefined;
  readonly reason: string;
}

/** A table that keeps its rows, however old they are. */
export interface KeptTable {
  readonly table: string;
  readonly reason: string;
}

/** Rules for the outbox and inbox of each service that has them. */
export const messagingRetention: readonly RetentionRule[] = [
  {
    table: 'outbox',
    since: 'published_at',
    clock: 'machine',
    days: 7,
    reason: 'As long as JetStream keeps facts, so that a lost stream can be filled again.',
  },
  {
    table: 'inbox',
    since: 'received_at',
    clock: 'machine',
    days: 31,
    reason: 'Longer than any message, dead letter or notification can be repeated.',
  },
];

/** An earlier version still prunes these tables, so they are dropped only after the next one. */
const unusedMessaging: readonly KeptTable[] = ['outbox', 'inbox'].map((table) => ({
  table,
  reason: 'Always empty: this service does not use it. A later version drops it.',
}));

/** Every table of every service: removed by age under `rules`, or `kept` with a reason. */
export const retention: Readonly<
  Record<
    ServiceName,
    { readonly rules: readonly RetentionRule[]; readonly kept: readonly KeptTable[] }
  >
> = {
  gateway: {
    rules: [
      {
        table: 'audit_entries',
        since: 'at',
        clock: 'machine',
        setting: 'KEEP_AUDIT_DAYS',
        days: 400,
        // The database refuses to remove younger entries.
        minDays: 30,
        isPrunedByService: true,
        reason: 'Thirteen months: long enough to look back past the last yearly audit.',
      },
      {
        table: 'operators',
        since: 'last_sign_in_at',
        clock: 'machine',
        only: "source = 'app-role'",
        days: 90,
        reason: 'Microsoft Entra gives the role again at the next sign-in.',
      },
      {
        table: 'operator_sessions',
        since: 'expires_at',
        clock: 'machine',
        days: 0,
        reason: 'An expired session cannot be used.',
      },
      {
        table: 'operator_invitations',
        since: 'expires_at',
        clock: 'machine',
        days: 0,
        reason: 'An expired invitation cannot be used.',
      },
      {
        table: 'rate_buckets',
        since: 'at',
        clock: 'machine',
        days: 1,
        reason: 'A bucket is full again after seconds, and then its row is not needed.',
      },
      {
        table: 'idempotent_calls',
        since: 'created_at',
        clock: 'machine',
        days: 1,
        reason: 'A caller that repeats a command does so within minutes. Answers may name people.',
      },
    ],
    kept: [
      {
        table: 'backups',
        reason: 'A short row for each backup, and the evidence that they were made.',
      },
      { table: 'audit_anchor', reason: 'One row: where the chain of audit entries begins.' },
      { table: 'audit_refusals', reason: 'Counts of one hour, which then become audit entries.' },
      {
        table: 'audit_log',
        reason: 'Written by earlier versions only. Its rows are moved to audit_entries.',
      },
      { table: 'api_keys', reason: 'Few rows, created and revoked by operators.' },
      ...unusedMessaging,
    ],
  },
  landing: {
    rules: [
      {
        table: 'visits',
        since: 'expires_at',
        days: 0,
        reason:
          'A visit ends with its purchase token after 24 hours, a confirmed one after 90 days.',
      },
      {
        table: 'events',
        since: 'at',
        clock: 'machine',
        setting: 'KEEP_LANDING_EVENTS_DAYS',
        days: 400,
        minDays: 30,
        reason: "Long enough for a dispute about last year's invoice.",
      },
      {
        table: 'events',
        since: 'at',
        clock: 'machine',
        only: 'tenant_id is null and subscription_id is null',
        setting: 'KEEP_ANONYMOUS_EVENTS_DAYS',
        days: 7,
        minDays: 1,
        reason: 'These events belong to no organisation, and anyone can cause them.',
      },
      {
        table: 'ended_sessions',
        since: 'expires_at',
        clock: 'machine',
        days: 0,
        reason: 'An expired session cannot be used, so its entry is not needed.',
      },
      {
        table: 'brand_files',
        since: 'used_at',
        only: 'not exists (select from offer_pages where brand_files.name in (logo_file, style_file))',
        days: 1,
        reason: 'A page opened before the last change may still ask for its old logo.',
      },
    ],
    kept: [
      {
        table: 'members',
        reason: 'People with access to a subscription; erased with its other personal data.',
      },
      {
        table: 'offer_pages',
        reason: 'Settings of publishers, limited by a quota per publisher.',
      },
    ],
  },
  'webhook-ingest': {
    rules: [
      {
        table: 'arrivals',
        since: 'seen_at',
        setting: 'KEEP_NOTIFICATIONS_DAYS',
        days: 400,
        minDays: 31,
        reason: 'How notifications came. As long as a notification may refer to it.',
      },
      {
        table: 'notifications',
        since: 'received_at',
        only: '(published_at is not null or subscription_id is null)',
        setting: 'KEEP_NOTIFICATIONS_DAYS',
        days: 400,
        minDays: 31,
        reason:
          'Evidence of what Microsoft sent. At least a month, because repeats are recognised by these rows.',
      },
    ],
    kept: unusedMessaging,
  },
  'fulfillment-worker': {
    rules: [
      ...messagingRetention,
      {
        table: 'timeline',
        since: 'at',
        setting: 'KEEP_TIMELINE_DAYS',
        days: 1100,
        minDays: 90,
        reason: 'Three years, the usual length of a long contract.',
      },
      {
        table: 'operations',
        since: 'settled_at',
        setting: 'KEEP_OPERATIONS_DAYS',
        days: 1100,
        minDays: 31,
        reason:
          'As long as the timeline. At least a month, because repeats are recognised by these rows.',
      },
      {
        table: 'changes',
        since: 'settled_at',
        setting: 'KEEP_CHANGES_DAYS',
        days: 1100,
        minDays: 31,
        reason: 'As long as the timeline.',
      },
      {
        table: 'tasks',
        since: 'done_at',
        clock: 'machine',
        setting: 'KEEP_TASKS_DAYS',
        days: 30,
        minDays: 2,
        reason: 'Repeats are recognised by finished tasks, and Microsoft repeats for eight hours.',
      },
      {
        table: 'expectations',
        since: 'created_at',
        clock: 'machine',
        only: "state = 'shown'",
        days: 31,
        reason: 'As long as Microsoft may repeat the operations behind them.',
      },
      {
        table: 'expectations',
        since: 'created_at',
        clock: 'machine',
        days: 400,
        reason: 'An effect that no reading has shown in a year will not appear.',
      },
      {
        table: 'deliveries',
        since: 'delivered_at',
        only: "state = 'delivered'",
        setting: 'KEEP_DELIVERED_DAYS',
        days: 30,
        minDays: 1,
        reason: 'Long enough to check whether an event arrived.',
      },
      {
        table: 'deliveries',
        since: 'dead_at',
        only: "state = 'dead'",
        setting: 'KEEP_DEAD_DELIVERIES_DAYS',
        days: 90,
        minDays: 7,
        reason: 'Three months to replay undelivered events.',
      },
      {
        table: 'product_events',
        since: 'created_at',
        only: 'not exists (select from deliveries where event_id = product_events.id)',
        days: 1,
        reason: 'An event is kept as long as one of its deliveries, and a day for listeners.',
      },
      {
        table: 'listeners',
        since: 'ends_at',
        clock: 'machine',
        days: 0,
        reason: 'A listener has ended ten minutes after the last events were taken.',
      },
      {
        table: 'listener_events',
        since: 'created_at',
        clock: 'machine',
        days: 1,
        reason: 'Removed when taken or with the listener; this is for what a crash left.',
      },
      {
        table: 'exchanges',
        since: 'at',
        clock: 'machine',
        setting: 'KEEP_EXCHANGES_DAYS',
        days: 30,
        minDays: 1,
        reason: "Long enough to ask Microsoft's support, which looks up the request ids.",
      },
      {
        table: 'reconciliation_runs',
        since: 'finished_at',
        setting: 'KEEP_RUNS_DAYS',
        days: 400,
        minDays: 7,
        reason: "A year of comparisons with Microsoft's list.",
      },
      {
        table: 'replays',
        since: 'at',
        setting: 'KEEP_REPLAYS_DAYS',
        days: 400,
        minDays: 30,
        reason: 'Who replayed what; as long as the audit log.',
      },
    ],
    kept: [
      {
        table: 'subscriptions',
        reason: 'The record itself. Personal data is erased when its retention ends.',
      },
      { table: 'lanes', reason: 'One row per subscription.' },
      { table: 'timers', reason: 'A row is removed when its timer has fired.' },
      { table: 'reconciliation_seen', reason: 'Rows are removed with their run.' },
      { table: 'delivery_attempts', reason: 'Rows are removed with their delivery.' },
      { table: 'destinations', reason: 'Few rows, set by the publisher.' },
      {
        table: 'destination_secrets',
        reason: 'Few rows; an old secret is removed when its overlap ends.',
      },
      { table: 'policy', reason: 'One row.' },
      { table: 'publisher_policies', reason: 'One row per publisher.' },
      { table: 'settings', reason: 'One row per offer.' },
      { table: 'credential_health', reason: 'One row per application.' },
    ],
  },
  'billing-sync': {
    rules: [
      ...messagingRetention,
      {
        table: 'usage_claims',
        since: 'taken_at',
        setting: 'KEEP_USAGE_RECORDS_DAYS',
        days: 400,
        minDays: 31,
        reason: 'As long as the records: within this time, a repeated event id is recognised.',
      },
      {
        table: 'usage_refusals',
        since: 'last_at',
        days: 90,
        reason: 'Long enough to find the program that sends them.',
      },
      {
        table: 'read_back_days',
        since: 'read_at',
        days: 400,
        reason: "Thirteen months: the proof of last year's invoices.",
      },
    ],
    kept: [
      {
        table: 'usage_records',
        reason:
          'Partitioned: whole months are dropped after KEEP_USAGE_RECORDS_DAYS. The hours stay as billing data.',
      },
      {
        table: 'meter_hours',
        reason:
          'Partitioned: whole months are dropped after KEEP_USAGE_RECORDS_DAYS, unless usage of them is not rated yet.',
      },
      {
        table: 'submission_rows',
        reason:
          'Partitioned: whole months are dropped after KEEP_USAGE_RECORDS_DAYS. The outcome stays in usage_hours.',
      },
      { table: 'usage_hours', reason: 'Billing data: what was billed. It names no person.' },
      { table: 'ledger_entries', reason: 'Billing data: where every unit went.' },
      { table: 'term_counters', reason: 'Billing data: the rest of the included quantity.' },
      { table: 'submissions', reason: 'Billing data: each call that reported usage.' },
      { table: 'subscriptions', reason: 'One row per subscription, without personal data.' },
      {
        table: 'subscription_versions',
        reason: 'The plan at each point in time, by which usage is rated.',
      },
      { table: 'catalogue_plans', reason: 'Each version of a plan: what was in force when.' },
      { table: 'catalogue_readings', reason: 'One row per plan.' },
      { table: 'overrides', reason: 'Few rows, set by the publisher.' },
      { table: 'meters', reason: 'Few rows, set by the publisher.' },
      { table: 'recurring_charges', reason: 'Few rows, set by the publisher.' },
      { table: 'recurring_runs', reason: 'Billing data: what each schedule did.' },
      { table: 'read_back_runs', reason: 'One row per publisher.' },
      { table: 'usage_incidents', reason: 'Billing data: how each difference was settled.' },
      { table: 'usage_thresholds', reason: 'Few rows, set by the publisher.' },
    ],
  },
};
