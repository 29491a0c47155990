import { metrics, type MetricLabel, type MetricSpec } from './metrics.ts';

/** `critical`: customers or money are affected now. `warning`: can wait for working hours. */
export type Severity = 'critical' | 'warning';

/** An alert as data. The services' own alerts, the Prometheus rules and the reference are made from it. */
export interface AlertRule {
  readonly metric: MetricSpec;
  readonly is: 'above' | 'below';
  /** In the metric's unit. */
  readonly threshold: number;
  /** `where`: only series with this value of the label. `whereNot`: only series with any other value. */
  readonly where?: { readonly label: MetricLabel; readonly is: string } | undefined;
  readonly whereNot?: { readonly label: MetricLabel; readonly is: string } | undefined;
  /** How long the condition must hold. 0 if the metric itself is an age or a count over time. */
  readonly forMs: number;
  readonly severity: Severity;
  readonly meaning: string;
  readonly nextStep: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Work starts within milliseconds, or within half a minute after a crash. This is four times that. */
const STANDSTILL = 2 * MINUTE;
/** Microsoft's outages usually last minutes, and work resumes by itself. Older work is stuck. */
const STUCK = 15 * MINUTE;
/** The buyer is watching the page, and billing has not started. */
const BUYER_PATIENCE = 5 * MINUTE;
/** Tolerates one lost scrape or reading, and a restart, which takes seconds. */
const LOST_LOOKS_MS = MINUTE_MS;
/** More than a short burst: the pool has ten connections, and statements take milliseconds. */
const POOL_QUEUE = 20;
/** In seconds. A time service keeps clocks within milliseconds; Microsoft's tokens tolerate minutes. */
const CLOCK_OFF = 1;
/** Scanners try a few times an hour. A proxy that drops the header makes every call from Microsoft fail. */
const REFUSED_IN_A_ROW = 10;
/** A restart may show the page once. A real outage shows it more often, because buyers try again. */
const BUYERS_TURNED_AWAY = 2;
/** An owner who has not answered within a day may have left. */
const OWNER_PATIENCE = 24 * HOUR;
/** Half a day after it was due. A failed run starts again much sooner. */
const RECONCILE_LATE = 12 * HOUR;
/** A finished hour is sent within minutes. After three hours, three attempts have failed. */
const USAGE_LATE = 3 * HOUR;
/** Microsoft accepts usage for one day. Six hours are enough for a person to fix the cause. */
const USAGE_LAST_HOURS = 6 * HOUR;
/** Plans are read daily. A new price or included quantity that is read a day late still applies to most of the term. */
const CATALOGUE_LATE = 24 * HOUR;
/** Usage is read back once a day. After two days, at least eight attempts have failed. */
const READ_BACK_LATE = 48 * HOUR;
/**
 * When an hour is rated, its first use is up to an hour old, and a new plan is read within seconds. After two hours, the
 * included quantity will not arrive by itself.
 */
const USAGE_HELD = 2 * HOUR;
/** Six hours before Microsoft no longer accepts the usage. */
const USAGE_HELD_LAST = 18 * HOUR;
/** Replacing a credential needs someone with rights in Entra, and that person may be on leave. */
const CREDENTIAL_SOON_DAYS = 14;
const CREDENTIAL_NOW_DAYS = 3;

/** Partitions are made every ten minutes, two months ahead. After two failures, someone must look at the cause. */
const MONTHS_LATE_MS = 20 * MINUTE_MS;

const notifications = { label: 'durable', is: 'fulfillment-notifications' } as const;

/** Every alert, by name. */
export const alertRules = {
  ServiceSilent: {
    metric: metrics.serviceAnswers,
    is: 'below',
    threshold: 1,
    forMs: LOST_LOOKS_MS,
    severity: 'critical',
    meaning: 'A service does not answer: it has stopped, hangs, or has lost its NATS connection.',
    nextStep:
      'Read its log for the reason, then restart it. No work is lost; the service continues where it stopped.',
  },
  ReadingsFailed: {
    metric: metrics.unreadable,
    is: 'above',
    threshold: 0,
    forMs: 2 * MINUTE_MS,
    severity: 'critical',
    meaning: 'A service cannot read its database or NATS, so its other alerts are unreliable.',
    nextStep:
      "See the service's /readyz for which of the two is unavailable, and restore that one.",
  },
  NotificationsUnpublished: {
    metric: metrics.notificationsUnpublishedOldest,
    is: 'above',
    threshold: STANDSTILL,
    forMs: 0,
    severity: 'critical',
    meaning: "Stored notifications do not reach the worker, so customers' changes wait.",
    nextStep:
      'Check that NATS with JetStream is running and has free space, then read the log of webhook-ingest.',
  },
  NotificationsUnreadable: {
    metric: metrics.notificationsUnreadable,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Microsoft called the webhook, but the body could not be read. If a rule could refuse the change, Landfall answers 503, and Microsoft calls again for up to eight hours.',
    nextStep:
      'See the problems in notifications.list, and check whether a proxy truncates or rewrites bodies. Landfall has started a reconciliation of the publisher; see reconciliation.list.',
  },
  NotificationsNotTaken: {
    metric: metrics.consumerOldest,
    is: 'above',
    threshold: STANDSTILL,
    where: notifications,
    forMs: 0,
    severity: 'critical',
    meaning:
      'The worker (fulfillment-worker) does not process notifications: it has stopped or cannot write to its database.',
    nextStep:
      'Start fulfillment-worker, or read its log. Waiting notifications are then processed automatically.',
  },
  NotificationsUnprocessed: {
    metric: metrics.notificationsUnprocessedOldest,
    is: 'above',
    threshold: STUCK,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Work on a notification has started but does not finish: Microsoft's API refuses calls or is unavailable.",
    nextStep:
      'See credentials.status and the log of fulfillment-worker. Tasks continue when Microsoft answers.',
  },
  TasksOverdue: {
    metric: metrics.tasksOverdue,
    is: 'above',
    threshold: STANDSTILL,
    forMs: 0,
    severity: 'critical',
    meaning: 'Tasks are due but do not run: the workers hang, or there are too few of them.',
    nextStep: 'Start more instances of fulfillment-worker, or restart those that hang.',
  },
  TasksParked: {
    metric: metrics.tasksParked,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      "A task failed its last attempt and was parked. The subscription may differ from Microsoft's record.",
    nextStep: 'See the reasons in parkedTasks.list, fix the causes, then call parkedTasks.replay.',
  },
  EffectsMissing: {
    metric: metrics.effectsMissing,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      'Microsoft sent a notification of a change, but its record has not shown the change for more than a minute.',
    nextStep:
      'The log of fulfillment-worker names the subscription, and its timeline says what is missing. Landfall keeps checking for an hour. If the alert stays, contact Microsoft with the operation ID.',
  },
  DeadLetters: {
    metric: metrics.deadLetters,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'A consumer gave up on messages after its last attempt.',
    nextStep: 'See the reasons in deadLetters.list, fix the causes, then call deadLetters.replay.',
  },
  ConsumerBehind: {
    metric: metrics.consumerOldest,
    is: 'above',
    threshold: STUCK,
    whereNot: notifications,
    forMs: 0,
    severity: 'warning',
    meaning:
      'A service does not process the facts that it needs. Usage may be rated under an old plan, and erasures or usage events may be late.',
    nextStep: 'Start the service that owns the consumer, or read its log.',
  },
  OutboxStuck: {
    metric: metrics.outboxOldest,
    is: 'above',
    threshold: STANDSTILL,
    // After NATS loses a stream, old facts are published again, which takes less than a minute.
    forMs: MINUTE_MS,
    severity: 'critical',
    meaning: 'Facts are stored but not published, so other services do not know what happened.',
    nextStep:
      "Check that NATS with JetStream is running and has free space, then read the service's log.",
  },
  PoolExhausted: {
    metric: metrics.poolWaiting,
    is: 'above',
    threshold: POOL_QUEUE,
    forMs: 2 * MINUTE_MS,
    severity: 'warning',
    meaning: 'Statements wait for a free database connection.',
    nextStep:
      'Look for slow statements or locks in PostgreSQL. If there are none, run more instances.',
  },
  ClockOff: {
    metric: metrics.clockOffset,
    is: 'above',
    threshold: CLOCK_OFF,
    forMs: 2 * MINUTE_MS,
    severity: 'warning',
    meaning:
      "This machine's clock differs from PostgreSQL's. Times on timelines are wrong, and tokens may be refused.",
    nextStep: 'Set the clocks of both machines with a time service (chrony, systemd-timesyncd).',
  },
  DecisionsMissed: {
    metric: metrics.decisionsMissed,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Customers' changes were decided after Microsoft's ten seconds, so Microsoft treated them as accepted.",
    nextStep:
      'See policies.report and subscriptions.operations. The usual cause is a slow product or database.',
  },
  WebhookCallersRefused: {
    metric: metrics.webhookRefused,
    is: 'above',
    threshold: REFUSED_IN_A_ROW,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Every caller of the webhook is refused. A proxy may drop the Authorization header, or someone is probing the address.',
    nextStep:
      'See notifications.counters for the reasons, and check the proxy, tenant ID and application ID.',
  },
  ProxyNotTrusted: {
    metric: metrics.proxyNotTrusted,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      'TRUSTED_PROXIES does not include a proxy in front of the gateway. All buyers count as one address, so one client can use up the rate limit of all.',
    nextStep: 'Set TRUSTED_PROXIES to the number of your proxies, and restart the gateway.',
  },
  BuyersTurnedAway: {
    metric: metrics.buyersTurnedAway,
    is: 'above',
    threshold: BUYERS_TURNED_AWAY,
    forMs: 0,
    severity: 'critical',
    meaning: 'Buyers and subscribers see a page that asks them to come back later.',
    nextStep:
      'See credentials.status and the other alerts, then read the logs of landing and fulfillment-worker.',
  },
  ConfirmationsWaiting: {
    metric: metrics.confirmationsOldest,
    is: 'above',
    threshold: BUYER_PATIENCE,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Buyers have confirmed, but the worker has not received it, so their purchases are not activated.',
    nextStep:
      'Start fulfillment-worker, or read its log. The confirmations are then sent automatically.',
  },
  AccessRequestsWaiting: {
    metric: metrics.accessRequestsOldest,
    is: 'above',
    threshold: OWNER_PATIENCE,
    forMs: 0,
    severity: 'warning',
    meaning:
      "A customer's colleague has asked for access for more than a day, and no owner has answered.",
    nextStep:
      'See people.waiting. If the owner has left, name another one with people.nameOwner, or decline the request with people.remove.',
  },
  DeliveriesDead: {
    metric: metrics.deliveriesDead,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'Events could not be delivered to your product after days of attempts.',
    nextStep: 'Repair the receiver, then call deliveries.replay for its destination.',
  },
  DestinationFailing: {
    metric: metrics.destinations,
    is: 'above',
    threshold: 0,
    where: { label: 'state', is: 'failing' },
    forMs: STUCK * 1000,
    severity: 'warning',
    meaning: 'A destination does not accept events. Landfall keeps them and sends them again.',
    nextStep:
      'Find a delivery in deliveries.list, see the answer of the receiver in deliveries.get, and repair the receiver.',
  },
  DestinationDisabled: {
    metric: metrics.destinations,
    is: 'above',
    threshold: 0,
    where: { label: 'state', is: 'disabled' },
    forMs: 0,
    severity: 'warning',
    meaning: 'A destination failed for so long that its deliveries were stopped. Its events wait.',
    nextStep: 'Repair the receiver, then call destinations.enable. Waiting events are then sent.',
  },
  ReconcileOverdue: {
    metric: metrics.reconcileOverdue,
    is: 'above',
    threshold: RECONCILE_LATE,
    forMs: 0,
    severity: 'warning',
    meaning:
      "No reconciliation with Microsoft's list has completed in time, so missed changes stay unnoticed.",
    nextStep: 'See reconciliation.list for the failure. To run it now, call reconciliation.start.',
  },
  ReconcileFailing: {
    metric: metrics.reconcileFailing,
    is: 'above',
    threshold: 0,
    forMs: HOUR_MS,
    severity: 'warning',
    meaning: "Reconciliations with Microsoft's list have failed for more than an hour.",
    nextStep: 'See the failure in reconciliation.list, and check credentials.status.',
  },
  DriftFound: {
    metric: metrics.reconcileDrift,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Subscriptions differed from Microsoft's record, because notifications did not arrive or failed.",
    nextStep:
      'Landfall has corrected the drift. See the causes in reconciliation.get, and check the webhook.',
  },
  CredentialExpiring: {
    metric: metrics.credentialDays,
    is: 'below',
    threshold: CREDENTIAL_SOON_DAYS,
    forMs: 0,
    severity: 'warning',
    meaning: "A publisher's credential expires soon.",
    nextStep:
      'Create a new one in Microsoft Entra ID and replace it. A credential file is read again without a restart.',
  },
  CredentialEnding: {
    metric: metrics.credentialDays,
    is: 'below',
    threshold: CREDENTIAL_NOW_DAYS,
    forMs: 0,
    severity: 'critical',
    meaning:
      "A publisher's credential has expired or expires within days. Without it, no call to Microsoft works.",
    nextStep: 'Replace it today. A credential file is read again without a restart.',
  },
  CredentialRefused: {
    metric: metrics.credentialRefused,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      "Microsoft refuses a publisher's credential, or every call made with it. Its work waits, and buyers cannot continue. Notifications are stored.",
    nextStep:
      'See credentials.status for the reason and the next step. Waiting work continues within a minute after the fix.',
  },
  UsageUnsent: {
    metric: metrics.usageOldest,
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
    metric: metrics.usageTimeLeft,
    is: 'below',
    threshold: USAGE_LAST_HOURS,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Unsent usage will be too old for Microsoft within hours, and will then never be billed.',
    nextStep: 'Find the cause in usage.hours, and fix it now.',
  },
  UsageNotBilled: {
    metric: metrics.usageNotBilled,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'Hours of usage were refused by Microsoft or became too old. They are not billed.',
    nextStep:
      'See the problem of each hour in usage.hours. Fix the cause and send refused hours again with usage.resend before they expire; settle the others with the customer.',
  },
  UsageHeld: {
    metric: metrics.usageHeldOldest,
    is: 'above',
    threshold: USAGE_HELD,
    forMs: 0,
    severity: 'warning',
    meaning:
      'Usage is not billed, because Landfall does not know what the plan includes in the term of the subscription.',
    nextStep:
      'See usage.hours with problem included-unknown, and catalogue.list for the plan. If Microsoft does not state the quantity, set it with overrides.put. The usage is then billed at once.',
  },
  UsageHeldRunsOut: {
    metric: metrics.usageHeldOldest,
    is: 'above',
    threshold: USAGE_HELD_LAST,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Usage is held because the included quantity is not known. Within hours it will be too old for Microsoft, if it is not already.',
    nextStep: 'Set the included quantity with overrides.put now.',
  },
  CatalogueUnread: {
    metric: metrics.catalogueFailing,
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
    metric: metrics.usageDifferences,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Microsoft's usage report differs from what Microsoft accepted, so a customer may be billed too little or too much.",
    nextStep:
      'See incidents.list for each difference and its next step. When you have dealt with one, settle it with incidents.settle.',
  },
  UsageReadBackFailing: {
    metric: metrics.usageReadBackAge,
    is: 'above',
    threshold: READ_BACK_LATE,
    // Reading takes minutes.
    forMs: STUCK * 1000,
    severity: 'warning',
    meaning:
      "Microsoft's usage report has not been read for two days, so differences go unnoticed. Usage is still sent.",
    nextStep:
      'See the reason in the log of billing-sync, and check credentials.status. Landfall keeps trying.',
  },
  UsageUnusual: {
    metric: metrics.usageUnusual,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'A subscription used several times as much in a day as it usually does.',
    nextStep:
      'See incidents.list with kind unusual. Check the reporter for an error, then settle the incident with incidents.settle.',
  },
  UsageThresholdCrossed: {
    metric: metrics.usageThresholdsCrossed,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: "A subscription's usage above the included quantity crossed a limit that you set.",
    nextStep:
      'See incidents.list with kind threshold. Tell the customer, then settle the incident with incidents.settle.',
  },
  RecurringRunsFailed: {
    metric: metrics.recurringFailed,
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
    metric: metrics.usageMonthsMissing,
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

export type AlertName = keyof typeof alertRules;
