import type { ServiceName } from './services.ts';

/** How long rows of a table are kept, and why. */
export interface RetentionRule {
  readonly table: string;
  /** Column that says since when a row is over. A row without a value there stays. */
  readonly since: string;
  /** Further SQL condition on the row; absent: every row that is old enough. */
  readonly only?: string | undefined;
  /** Variable with the number of days; absent where another number would make no sense. */
  readonly setting?: string | undefined;
  /** Days by default. 0: the column itself says until when. */
  readonly days: number;
  /** Fewer would break a promise, which the reason names. */
  readonly minDays?: number | undefined;
  readonly reason: string;
}

/** A table that nothing is removed from by age. */
export interface KeptTable {
  readonly table: string;
  readonly reason: string;
}

/** Outbox and inbox, which every service with facts has. */
export const messagingRetention: readonly RetentionRule[] = [
  {
    table: 'outbox',
    since: 'published_at',
    days: 7,
    reason: 'As long as JetStream keeps facts: so long a stream that was lost can be filled again.',
  },
  {
    table: 'inbox',
    since: 'received_at',
    days: 31,
    reason: 'Longer than any message, dead letter or notification is repeated.',
  },
];

/** Every table of every service: removed from by age, or kept with a reason. */
export const retention: Readonly<
  Record<
    ServiceName,
    { readonly rules: readonly RetentionRule[]; readonly kept: readonly KeptTable[] }
  >
> = {
  gateway: {
    rules: [
      ...messagingRetention,
      {
        table: 'audit_log',
        since: 'at',
        setting: 'KEEP_AUDIT_DAYS',
        days: 400,
        minDays: 30,
        reason: 'A year and a month: long enough to ask who did what before the last audit.',
      },
    ],
    kept: [{ table: 'api_keys', reason: 'Few, made and revoked by operators.' }],
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
        setting: 'KEEP_LANDING_EVENTS_DAYS',
        days: 400,
        minDays: 30,
        reason: 'Long enough for a dispute about last year’s invoice.',
      },
      {
        table: 'events',
        since: 'at',
        only: 'tenant_id is null and subscription_id is null',
        setting: 'KEEP_ANONYMOUS_EVENTS_DAYS',
        days: 7,
        minDays: 1,
        reason: 'About no one in particular: anyone can cause them.',
      },
      {
        table: 'ended_sessions',
        since: 'expires_at',
        days: 0,
        reason: 'A session that has expired needs no note that it was ended.',
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
        reason: 'People of a subscription; erased with its other personal data.',
      },
      {
        table: 'offer_pages',
        reason: 'What publishers have set; bounded by a quota per publisher.',
      },
    ],
  },
  'webhook-ingest': {
    rules: [
      ...messagingRetention,
      {
        table: 'notifications',
        since: 'received_at',
        only: '(published_at is not null or subscription_id is null)',
        setting: 'KEEP_NOTIFICATIONS_DAYS',
        days: 400,
        minDays: 31,
        reason:
          'Evidence of what Microsoft sent. A month at least, because repeats are known by them.',
      },
    ],
    kept: [],
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
        reason: 'Three years: the usual term of a long contract.',
      },
      {
        table: 'operations',
        since: 'settled_at',
        setting: 'KEEP_OPERATIONS_DAYS',
        days: 1100,
        minDays: 31,
        reason: 'As long as the timeline. A month at least, because repeats are known by them.',
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
        setting: 'KEEP_TASKS_DAYS',
        days: 30,
        minDays: 2,
        reason: 'Repeats are known by finished tasks; Microsoft repeats for eight hours.',
      },
      {
        table: 'expectations',
        since: 'created_at',
        only: "state = 'shown'",
        days: 31,
        reason: 'As long as the operations that they were about can be repeated.',
      },
      {
        table: 'deliveries',
        since: 'delivered_at',
        only: "state = 'delivered'",
        setting: 'KEEP_DELIVERED_DAYS',
        days: 30,
        minDays: 1,
        reason: 'As long as anyone asks whether an event has arrived.',
      },
      {
        table: 'deliveries',
        since: 'dead_at',
        only: "state = 'dead'",
        setting: 'KEEP_DEAD_DELIVERIES_DAYS',
        days: 90,
        minDays: 7,
        reason: 'A quarter to replay what never arrived.',
      },
      {
        table: 'product_events',
        since: 'created_at',
        only: 'not exists (select from deliveries where event_id = product_events.id)',
        days: 30,
        reason: 'An event is kept as long as one of its deliveries.',
      },
      {
        table: 'reconciliation_runs',
        since: 'finished_at',
        setting: 'KEEP_RUNS_DAYS',
        days: 400,
        minDays: 7,
        reason: 'A year of comparisons with Microsoft’s list.',
      },
      {
        table: 'replays',
        since: 'at',
        setting: 'KEEP_REPLAYS_DAYS',
        days: 400,
        minDays: 30,
        reason: 'Who ran what again by hand; as long as the audit log.',
      },
    ],
    kept: [
      {
        table: 'subscriptions',
        reason: 'The record itself. People are erased when its time is over.',
      },
      { table: 'lanes', reason: 'One row per subscription.' },
      { table: 'timers', reason: 'A row goes when its time has come.' },
      { table: 'reconciliation_seen', reason: 'Rows go with the run that they belong to.' },
      { table: 'delivery_attempts', reason: 'Rows go with their delivery.' },
      { table: 'destinations', reason: 'Few, set by the publisher.' },
      { table: 'destination_secrets', reason: 'Few; an old one goes when its overlap ends.' },
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
        table: 'usage_records',
        since: 'taken_at',
        setting: 'KEEP_USAGE_RECORDS_DAYS',
        days: 400,
        minDays: 31,
        reason: 'Single records behind an hour; the hour itself, which is money, stays.',
      },
    ],
    kept: [
      { table: 'usage_hours', reason: 'Money: what was billed. It names no person.' },
      { table: 'term_counters', reason: 'Money: what is left of the included quantity.' },
      { table: 'adjustments', reason: 'Money: units that were moved or given up.' },
      { table: 'submissions', reason: 'Money: each call that reported usage.' },
      { table: 'submission_rows', reason: 'Money: each row that Microsoft answered.' },
      { table: 'subscriptions', reason: 'One row per subscription, without people.' },
      {
        table: 'subscription_versions',
        reason: 'Which plan was in force when; usage is rated by it.',
      },
      { table: 'dimensions', reason: 'Few, set by the publisher.' },
      { table: 'publisher_dimensions', reason: 'Few, set by the publisher.' },
    ],
  },
};
