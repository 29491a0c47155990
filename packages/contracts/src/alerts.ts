import { metrics, type MetricLabel, type MetricSpec } from './metrics.ts';

/** `critical`: customers or money are touched now. `warning`: look at it in working hours. */
export type Severity = 'critical' | 'warning';

/** An alert as data: the services' own alerts and the rules for Prometheus come from it. */
export interface AlertRule {
  readonly metric: MetricSpec;
  readonly is: 'above' | 'below';
  /** In the metric's unit. */
  readonly threshold: number;
  /** Only series whose label has this value, or another one. */
  readonly where?: { readonly label: MetricLabel; readonly is: string } | undefined;
  readonly whereNot?: { readonly label: MetricLabel; readonly is: string } | undefined;
  /** How long it must hold. 0 where the metric is an age or a count over time already. */
  readonly forMs: number;
  readonly severity: Severity;
  readonly meaning: string;
  readonly nextStep: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Work is taken within milliseconds, and within half a minute after a crash: this is four of those. */
const STANDSTILL = 2 * MINUTE;
/** A fault of Microsoft's lasts minutes and is waited out; what is older is stuck. */
const STUCK = 15 * MINUTE;
/** A buyer sits in front of the page, and billing has not begun. */
const BUYER_PATIENCE = 5 * MINUTE;
/** A scrape or a look may be lost, and a restart takes seconds. */
const LOST_LOOKS_MS = MINUTE_MS;
/** One burst is no shortage: the pool has ten connections, and statements take milliseconds. */
const POOL_QUEUE = 20;
/** A time service keeps clocks within milliseconds; Microsoft's tokens allow for minutes. */
const CLOCK_OFF = 1;
/** Scanners try a few times an hour; a proxy that eats the header refuses every call of Microsoft's. */
const REFUSED_IN_A_ROW = 10;
/** One restart shows its page to somebody; a buyer who tries again and again makes more of them. */
const BUYERS_TURNED_AWAY = 2;
/** Half a day past its time: a failed run is repeated long before. */
const RECONCILE_LATE = 12 * HOUR;
/** An hour that is over is sent within minutes; three hours are three chances missed. */
const USAGE_LATE = 3 * HOUR;
/** Of the day in which Microsoft takes usage: time enough for a person who is called now. */
const USAGE_LAST_HOURS = 6 * HOUR;
/** Replacing a credential needs somebody with rights in Entra, who may be on leave. */
const CREDENTIAL_SOON_DAYS = 14;
const CREDENTIAL_NOW_DAYS = 3;

const notifications = { label: 'durable', is: 'fulfillment-notifications' } as const;

/** Every alert there is, by name. */
export const alertRules = {
  ServiceSilent: {
    metric: metrics.serviceAnswers,
    is: 'below',
    threshold: 1,
    forMs: LOST_LOOKS_MS,
    severity: 'critical',
    meaning: 'A service does not answer: it has stopped, hangs, or has lost NATS.',
    nextStep: 'Start it again; its log tells why it stopped. Nothing is lost meanwhile, it waits.',
  },
  ReadingsFailed: {
    metric: metrics.unreadable,
    is: 'above',
    threshold: 0,
    forMs: 2 * MINUTE_MS,
    severity: 'critical',
    meaning: 'A service cannot read its database, or NATS: other alerts of it are blind.',
    nextStep: 'Ask its /readyz which of the two is away, and bring that back.',
  },
  NotificationsUnpublished: {
    metric: metrics.notificationsUnpublishedOldest,
    is: 'above',
    threshold: STANDSTILL,
    forMs: 0,
    severity: 'critical',
    meaning: "Stored notifications do not reach the worker: customers' changes wait.",
    nextStep:
      'Look whether NATS with JetStream runs and has room; then at the log of webhook-ingest.',
  },
  NotificationsUnreadable: {
    metric: metrics.notificationsUnreadable,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Microsoft called the webhook and the body could not be read. While a rule could refuse the change, Microsoft is asked to call again, for up to eight hours.',
    nextStep:
      'Read the problems with notifications.list, and check whether a proxy cuts or rewrites bodies. A reconciliation of the publisher was started; see reconciliation.list.',
  },
  NotificationsNotTaken: {
    metric: metrics.consumerOldest,
    is: 'above',
    threshold: STANDSTILL,
    where: notifications,
    forMs: 0,
    severity: 'critical',
    meaning: 'The worker does not take notifications: it has stopped, or cannot write.',
    nextStep: 'Start fulfillment-worker, or look into its log; what waits is then taken by itself.',
  },
  NotificationsUnprocessed: {
    metric: metrics.notificationsUnprocessedOldest,
    is: 'above',
    threshold: STUCK,
    forMs: 0,
    severity: 'warning',
    meaning: "A notification was taken and is not done: Microsoft's API refuses or is away.",
    nextStep: "See credentials.status and the worker's log; tasks go on when Microsoft answers.",
  },
  TasksOverdue: {
    metric: metrics.tasksOverdue,
    is: 'above',
    threshold: STANDSTILL,
    forMs: 0,
    severity: 'critical',
    meaning: 'Work is due and nobody does it: the workers hang or are too few.',
    nextStep: 'Start more fulfillment-workers, or restart those that hang.',
  },
  TasksParked: {
    metric: metrics.tasksParked,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'Work was given up after its last try; the subscription may differ from Microsoft.',
    nextStep: 'Read the reasons with parkedTasks.list, cure them, then parkedTasks.replay.',
  },
  EffectsMissing: {
    metric: metrics.effectsMissing,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'Microsoft notified a change, and its record has not shown it for more than a minute.',
    nextStep:
      "The worker's log names the subscription; its timeline says what is missing. Landfall looks again for an hour; if it stays, ask Microsoft with the operation's id.",
  },
  DeadLetters: {
    metric: metrics.deadLetters,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'A consumer gave up on messages.',
    nextStep: 'Read the reasons with deadLetters.list, cure them, then deadLetters.replay.',
  },
  ConsumerBehind: {
    metric: metrics.consumerOldest,
    is: 'above',
    threshold: STUCK,
    whereNot: notifications,
    forMs: 0,
    severity: 'warning',
    meaning:
      'A service does not take the facts that it needs: usage is rated by old plans, or an erasure waits.',
    nextStep: 'Start the service of that consumer, or look into its log.',
  },
  OutboxStuck: {
    metric: metrics.outboxOldest,
    is: 'above',
    threshold: STANDSTILL,
    // A stream that NATS has lost is filled again with old facts, which takes less than this.
    forMs: MINUTE_MS,
    severity: 'critical',
    meaning: 'Facts are stored and not published: other services do not know what happened.',
    nextStep: "Look whether NATS with JetStream runs and has room; then at the service's log.",
  },
  PoolExhausted: {
    metric: metrics.poolWaiting,
    is: 'above',
    threshold: POOL_QUEUE,
    forMs: 2 * MINUTE_MS,
    severity: 'warning',
    meaning: 'Statements queue for a database connection.',
    nextStep: 'Look for slow statements or locks in PostgreSQL; else run more instances.',
  },
  ClockOff: {
    metric: metrics.clockOffset,
    is: 'above',
    threshold: CLOCK_OFF,
    forMs: 2 * MINUTE_MS,
    severity: 'warning',
    meaning:
      "This machine's clock differs from PostgreSQL's: times on timelines are wrong, and tokens may be refused.",
    nextStep: 'Let a time service (chrony, systemd-timesyncd) set the clocks of both machines.',
  },
  DecisionsMissed: {
    metric: metrics.decisionsMissed,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Customers' changes were decided after Microsoft's ten seconds: Microsoft took them for accepted.",
    nextStep:
      'See policies.report and subscriptions.operations; a slow product or database is the usual cause.',
  },
  WebhookCallersRefused: {
    metric: metrics.webhookRefused,
    is: 'above',
    threshold: REFUSED_IN_A_ROW,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Every caller of the webhook is refused: a proxy may drop the Authorization header, or somebody probes.',
    nextStep:
      'See notifications.counters for the reasons; check the proxy, tenant and application id.',
  },
  ProxyNotTrusted: {
    metric: metrics.proxyNotTrusted,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      'A proxy stands in front of the gateway and is not declared: all buyers count as one address, and one stranger can use up their rate limit.',
    nextStep: 'Set TRUSTED_PROXIES to the number of your proxies and start the gateway again.',
  },
  BuyersTurnedAway: {
    metric: metrics.buyersTurnedAway,
    is: 'above',
    threshold: BUYERS_TURNED_AWAY,
    forMs: 0,
    severity: 'critical',
    meaning: 'Buyers and subscribers are shown a page that says to come back later.',
    nextStep:
      'See credentials.status and the other alerts; then the logs of landing and fulfillment-worker.',
  },
  ConfirmationsWaiting: {
    metric: metrics.confirmationsOldest,
    is: 'above',
    threshold: BUYER_PATIENCE,
    forMs: 0,
    severity: 'critical',
    meaning:
      'Buyers have confirmed and the worker has not been told: their purchases do not begin.',
    nextStep:
      'Start fulfillment-worker, or look into its log; the confirmations are then handed over.',
  },
  DeliveriesDead: {
    metric: metrics.deliveriesDead,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'Your product was not told of events, after days of tries.',
    nextStep: 'Repair the receiver, then deliveries.replay for its destination.',
  },
  DestinationFailing: {
    metric: metrics.destinations,
    is: 'above',
    threshold: 0,
    where: { label: 'state', is: 'failing' },
    forMs: STUCK * 1000,
    severity: 'warning',
    meaning: 'A receiver of your product takes no events; they wait and are repeated.',
    nextStep: 'See destinations.list and deliveries.list for what it answers.',
  },
  DestinationDisabled: {
    metric: metrics.destinations,
    is: 'above',
    threshold: 0,
    where: { label: 'state', is: 'disabled' },
    forMs: 0,
    severity: 'warning',
    meaning: 'A receiver failed for so long that deliveries to it were stopped; events wait.',
    nextStep: 'Repair it, then destinations.enable: what waited goes out.',
  },
  ReconcileOverdue: {
    metric: metrics.reconcileOverdue,
    is: 'above',
    threshold: RECONCILE_LATE,
    forMs: 0,
    severity: 'warning',
    meaning:
      "No comparison with Microsoft's list has completed in time: a lost change stays unseen.",
    nextStep: 'See reconciliation.list for the failure; reconciliation.start runs it now.',
  },
  ReconcileFailing: {
    metric: metrics.reconcileFailing,
    is: 'above',
    threshold: 0,
    forMs: HOUR_MS,
    severity: 'warning',
    meaning: "Comparisons with Microsoft's list fail.",
    nextStep: 'See reconciliation.list for the failure, and credentials.status.',
  },
  DriftFound: {
    metric: metrics.reconcileDrift,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Subscriptions differed from Microsoft's record: notifications did not arrive or failed.",
    nextStep:
      'Drift is healed by itself. See reconciliation.get for the causes, and check the webhook.',
  },
  CredentialExpiring: {
    metric: metrics.credentialDays,
    is: 'below',
    threshold: CREDENTIAL_SOON_DAYS,
    forMs: 0,
    severity: 'warning',
    meaning: "A publisher's credential ends soon.",
    nextStep:
      'Make a new one in Microsoft Entra ID and replace it; a file is read without a restart.',
  },
  CredentialEnding: {
    metric: metrics.credentialDays,
    is: 'below',
    threshold: CREDENTIAL_NOW_DAYS,
    forMs: 0,
    severity: 'critical',
    meaning:
      "A publisher's credential ends within days or has ended: then nothing reaches Microsoft.",
    nextStep: 'Replace it today; a file is read without a restart.',
  },
  CredentialRefused: {
    metric: metrics.credentialRefused,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      "Microsoft refuses a publisher's credential, or every call made with it: its work waits, buyers cannot go on, notifications are stored.",
    nextStep:
      'See credentials.status for what Microsoft says and what to do; what waited goes on within a minute after it.',
  },
  UsageUnsent: {
    metric: metrics.usageOldest,
    is: 'above',
    threshold: USAGE_LATE,
    forMs: 0,
    severity: 'warning',
    meaning:
      'Usage is not sent: billing-sync cannot reach the metering API, or subscriptions are suspended.',
    nextStep: 'See usage.hours by state for what waits and why, and the log of billing-sync.',
  },
  UsageTimeRunsOut: {
    metric: metrics.usageTimeLeft,
    is: 'below',
    threshold: USAGE_LAST_HOURS,
    forMs: 0,
    severity: 'critical',
    meaning: 'Usage gets too old for Microsoft to take within hours: then it is never billed.',
    nextStep: 'Find with usage.hours what holds it up, and cure that now.',
  },
  UsageNotBilled: {
    metric: metrics.usageNotBilled,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'warning',
    meaning: 'Hours of usage were refused by Microsoft or became too old: they are not billed.',
    nextStep: 'See usage.hours for the problem of each, and settle it with the customer.',
  },
} as const satisfies Readonly<Record<string, AlertRule>>;

export type AlertName = keyof typeof alertRules;
