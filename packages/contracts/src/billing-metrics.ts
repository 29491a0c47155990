import { metric, type MetricSpec } from './metric-spec.ts';

const by = 'billing-sync';

/** Metrics of usage and its billing. */
export const billingMetrics = {
  usageOldest: metric({
    name: 'landfall_usage_unsent_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by,
    help: 'Age of the oldest usage that was not sent to Microsoft.',
  }),
  usageTimeLeft: metric({
    name: 'landfall_usage_time_left_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by,
    help: 'Time until the oldest unsent usage is too old for Microsoft; absent if all usage is sent.',
  }),
  usageNotBilled: metric({
    name: 'landfall_usage_hours_not_billed',
    kind: 'gauge',
    unit: 'count',
    labels: ['state'],
    by,
    help: 'Usage hours in the last two days that Microsoft refused or that were written off.',
  }),
  usageHeld: metric({
    name: 'landfall_usage_held_hours',
    kind: 'gauge',
    unit: 'count',
    by,
    help: 'Hours of usage that are held because the included quantity is not known (counted up to 10,000).',
  }),
  usageHeldOldest: metric({
    name: 'landfall_usage_held_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by,
    help: 'Age of the oldest usage that is held because the included quantity is not known.',
  }),
  catalogueFailing: metric({
    name: 'landfall_catalogue_failing_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by,
    help: 'How long reading a plan from Microsoft has failed, for the plan that has failed longest. 0 if every plan in use can be read.',
  }),
  usageDifferences: metric({
    name: 'landfall_usage_differences_open',
    kind: 'gauge',
    unit: 'count',
    labels: ['kind'],
    by,
    help: "Open incidents in which Microsoft's usage report differs from the ledger.",
  }),
  usageUnusual: metric({
    name: 'landfall_usage_unusual_open',
    kind: 'gauge',
    unit: 'count',
    by,
    help: 'Open incidents of days with unusually high usage.',
  }),
  usageThresholdsCrossed: metric({
    name: 'landfall_usage_thresholds_crossed_open',
    kind: 'gauge',
    unit: 'count',
    by,
    help: 'Open incidents of usage that crossed a limit that the publisher set.',
  }),
  usageReadBackAge: metric({
    name: 'landfall_usage_read_back_age_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by,
    help: "Time since Microsoft's usage report was last read and compared with the ledger, for the publisher with the longest gap.",
  }),
  recurringFailed: metric({
    name: 'landfall_recurring_runs_failed',
    kind: 'gauge',
    unit: 'count',
    labels: ['outcome'],
    by,
    help: 'Runs of recurring quantities in the last two days that were missed or refused.',
  }),
  usageMonthsMissing: metric({
    name: 'landfall_usage_months_missing',
    kind: 'gauge',
    unit: 'count',
    by,
    help: 'Usage tables that have no partition for the next month.',
  }),
} as const satisfies Readonly<Record<string, MetricSpec>>;
