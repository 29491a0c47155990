import type { AlertRule } from './alert-rule.ts';
import { billingMetrics } from './billing-metrics.ts';

const MINUTE_MS = 60_000;
const HOUR = 60 * 60;

/** A finished hour is sent within minutes. After three hours, three attempts have failed. */
const USAGE_LATE = 3 * HOUR;
/** Microsoft accepts usage for one day. Six hours are enough for a person to fix the cause. */
const USAGE_LAST_HOURS = 6 * HOUR;
/** Plans are read daily. A new price or included quantity that is read a day late still applies to most of the term. */
const CATALOGUE_LATE = 24 * HOUR;
/** Usage is read back once a day. After two days, at least eight attempts have failed. */
const READ_BACK_LATE = 48 * HOUR;
/** After a stop of days, the first reading takes minutes. */
const READING_MS = 15 * MINUTE_MS;
/**
 * When an hour is rated, its first use is up to an hour old, and a new plan is read within seconds. After two hours, the
 * included quantity will not arrive by itself.
 */
const USAGE_HELD = 2 * HOUR;
/** Six hours before Microsoft no longer accepts the usage. */
const USAGE_HELD_LAST = 18 * HOUR;
/** Partitions are made every ten minutes, two months ahead. After two failures, someone must look at the cause. */
const MONTHS_LATE_MS = 20 * MINUTE_MS;

/** Alerts on usage and its billing. */
export const billingAlerts = {
  UsageUnsent: {
    metric: billingMetrics.usageOldest,
    is: 'above',
    threshold: USAGE_LATE,
    forMs: 0,
    severity: 'warning',
    meaning:
      'Usage is not sent: billing-sync cannot reach the metering API, Microsoft denies access to it, or subscriptions are suspended.',
    nextStep:
      'See usage.hours by state for the waiting hours and their reasons, and read the log of billing-sync.',
  },
  UsageTimeRunsOut: {
    metric: billingMetrics.usageTimeLeft,
    is: 'below',
    threshold: USAGE_LAST_HOURS,
    forMs: 0,
    severity: 'critical',
    shownAs: ['usage-expiring'],
    meaning:
      'Unsent usage will be too old for Microsoft within hours, and will then never be billed.',
    nextStep: 'Find the cause in usage.hours, and fix it now.',
  },
  UsageNotBilled: {
    metric: billingMetrics.usageNotBilled,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    shownAs: ['usage-refused', 'usage-written-off'],
    meaning: 'Hours of usage were refused by Microsoft or became too old. They are not billed.',
    nextStep:
      'See the problem of each hour in usage.hours. Fix the cause and send refused hours again with usage.resend before they expire; settle the others with the customer.',
  },
  UsageHeld: {
    metric: billingMetrics.usageHeldOldest,
    is: 'above',
    threshold: USAGE_HELD,
    forMs: 0,
    severity: 'warning',
    shownAs: ['included-unknown'],
    meaning:
      'Usage is not billed, because Landfall does not know what the plan includes in the term of the subscription.',
    nextStep:
      'See usage.hours with problem included-unknown, and catalogue.list for the plan. If Microsoft does not state the quantity, set it with overrides.put. The usage is then billed at once.',
  },
  UsageHeldRunsOut: {
    metric: billingMetrics.usageHeldOldest,
    is: 'above',
    threshold: USAGE_HELD_LAST,
    forMs: 0,
    severity: 'critical',
    shownAs: ['included-unknown'],
    meaning:
      'Usage is held because the included quantity is not known. Within hours it will be too old for Microsoft, if it is not already.',
    nextStep: 'Set the included quantity with overrides.put now.',
  },
  CatalogueUnread: {
    metric: billingMetrics.catalogueFailing,
    is: 'above',
    threshold: CATALOGUE_LATE,
    forMs: 0,
    severity: 'warning',
    meaning:
      'A plan in use could not be read from Microsoft for a day. Its usage is billed by the last known included quantities, or held if there are none.',
    nextStep:
      'See the problem of each plan in catalogue.list, and credentials.status. If Microsoft does not list the plan, set its included quantities with overrides.put.',
  },
  UsageMismatch: {
    metric: billingMetrics.usageDifferences,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    shownAs: ['usage-mismatch'],
    meaning:
      "Microsoft's usage report differs from what Microsoft accepted, so a customer may be billed too little or too much.",
    nextStep:
      'See incidents.list for each difference and its next step. When you have dealt with one, settle it with incidents.settle.',
  },
  UsageReadBackFailing: {
    metric: billingMetrics.usageReadBackAge,
    is: 'above',
    threshold: READ_BACK_LATE,
    forMs: READING_MS,
    severity: 'warning',
    meaning:
      "Microsoft's usage report has not been read for two days, so differences go unnoticed. Usage is still sent.",
    nextStep:
      'See the reason in the log of billing-sync, and check credentials.status. Landfall keeps trying.',
  },
  UsageUnusual: {
    metric: billingMetrics.usageUnusual,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    shownAs: ['usage-incident'],
    meaning: 'A subscription used several times as much in a day as it usually does.',
    nextStep:
      'See incidents.list with kind unusual. Check the reporter for an error, then settle the incident with incidents.settle.',
  },
  UsageThresholdCrossed: {
    metric: billingMetrics.usageThresholdsCrossed,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    shownAs: ['usage-incident'],
    meaning: "A subscription's usage above the included quantity crossed a limit that you set.",
    nextStep:
      'See incidents.list with kind threshold. Tell the customer, then settle the incident with incidents.settle.',
  },
  RecurringRunsFailed: {
    metric: billingMetrics.recurringFailed,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      'Recurring quantities were not billed: they were refused, or missed because billing-sync did not run in time. Later runs are not affected.',
    nextStep:
      'See the reason in recurring.runs. After a refusal, correct it with recurring.put. Settle what was missed with the customer.',
  },
  UsageMonthMissing: {
    metric: billingMetrics.usageMonthsMissing,
    is: 'above',
    threshold: 0,
    forMs: MONTHS_LATE_MS,
    severity: 'warning',
    meaning:
      'The usage tables have no partitions for the next month. From its first hour on, each report of usage tries to create them, and fails if it cannot.',
    nextStep:
      'Read the log of billing-sync (loop: months). Its database role must own the schema, and no long transaction may lock these tables.',
  },
} as const satisfies Readonly<Record<string, AlertRule>>;
