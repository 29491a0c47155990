import { messagingRetention, openMatters, type ServiceRetention } from './retention-rule.ts';
import type { ServiceName } from './services.ts';
import { workerRetention } from './worker-retention.ts';

/** Every table of every service: removed by age under `rules`, or `kept` with a reason. */
export const retention: Readonly<Record<ServiceName, ServiceRetention>> = {
  gateway: {
    rules: [
      ...messagingRetention,
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
        table: 'matters',
        since: 'closed_at',
        setting: 'KEEP_CLOSED_MATTERS_DAYS',
        days: 400,
        minDays: 30,
        reason:
          'Thirteen months, as the audit log. Its history is removed with it. Open ones stay.',
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
      { table: 'matter_events', reason: 'The history of a matter, which is removed with it.' },
      openMatters,
    ],
  },
  landing: {
    rules: [
      ...messagingRetention,
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
      openMatters,
    ],
  },
  'webhook-ingest': {
    rules: [
      ...messagingRetention,
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
        // Rows that earlier versions wrote have no publication, only a published_at of their own.
        only: `(subscription_id is null or published_at is not null and not exists (select from publications
          where publications.id = publication_id and publications.published_at is null))`,
        setting: 'KEEP_NOTIFICATIONS_DAYS',
        days: 400,
        minDays: 31,
        reason:
          'Evidence of what Microsoft sent. At least a month, because repeats are recognised by these rows.',
      },
      {
        table: 'publications',
        since: 'published_at',
        clock: 'machine',
        setting: 'KEEP_NOTIFICATIONS_DAYS',
        days: 400,
        minDays: 31,
        reason: 'When notifications were published. Kept as long as the notifications.',
      },
    ],
    kept: [openMatters],
  },
  'fulfillment-worker': workerRetention,
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
      openMatters,
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
