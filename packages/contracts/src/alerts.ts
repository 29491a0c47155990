import type { AlertRule } from './alert-rule.ts';
import { billingAlerts } from './billing-alerts.ts';
import { metrics } from './metrics.ts';
import { serverAlerts } from './server-alerts.ts';

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
/** Scanners try a few times an hour. A proxy that drops the header makes every call from Microsoft fail. */
const REFUSED_IN_A_ROW = 10;
/** A restart may show the page once. A real outage shows it more often, because buyers try again. */
const BUYERS_TURNED_AWAY = 2;
/** A restart of webhook-ingest may cost one or two calls, which Microsoft repeats. */
const CALLS_FAILED = 2;
/** All retries of a call end within this time, and a deployment at Microsoft takes seconds. */
const MARKETPLACE_AWAY = MINUTE;
/** An owner who has not answered within a day may have left. */
const OWNER_PATIENCE = 24 * HOUR;
/** Half a day after it was due. A failed run starts again much sooner. */
const RECONCILE_LATE = 12 * HOUR;
/** Replacing a credential needs someone with rights in Entra, and that person may be on leave. */
const CREDENTIAL_SOON_DAYS = 14;
const CREDENTIAL_NOW_DAYS = 3;

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
    shownAs: ['notification-unreadable'],
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
      'Run landfall doctor: it shows what Microsoft answers, and the next step. Tasks continue when Microsoft accepts the calls.',
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
    shownAs: ['task-parked'],
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
    shownAs: ['effect-missing'],
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
    shownAs: ['dead-letter'],
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
      'Run landfall doctor: webhook.reachable says whether a proxy removes the Authorization header, or which settings differ. notifications.counters has the reasons.',
  },
  WebhookFailing: {
    metric: metrics.webhookFailed,
    is: 'above',
    threshold: CALLS_FAILED,
    forMs: 0,
    severity: 'critical',
    meaning:
      "Microsoft's calls to the webhook are answered 5xx. Microsoft repeats them for eight hours; after that, customers' changes fail or stay unnoticed.",
    nextStep:
      'Look at the other alerts, run landfall doctor, then read the logs of webhook-ingest and the gateway.',
  },
  MarketplaceFailing: {
    metric: metrics.marketplaceFailing,
    is: 'above',
    threshold: MARKETPLACE_AWAY,
    forMs: 0,
    severity: 'warning',
    meaning:
      "Microsoft's API has not answered a call for more than a minute. Purchases and changes wait, and continue by themselves.",
    nextStep:
      "Check Microsoft's status page. If it reports nothing, check the connection from the workers to the internet: DNS, proxy, firewall.",
  },
  ProxyNotTrusted: {
    metric: metrics.proxyNotTrusted,
    is: 'above',
    threshold: 0,
    forMs: 0,
    severity: 'critical',
    meaning:
      'TRUSTED_PROXIES does not include a proxy in front of the gateway. All buyers count as one address, so one client can use up the rate limit of all.',
    nextStep:
      'Set TRUSTED_PROXIES to the number of your proxies, and restart the gateway. landfall doctor counts them.',
  },
  BuyersTurnedAway: {
    metric: metrics.buyersTurnedAway,
    is: 'above',
    threshold: BUYERS_TURNED_AWAY,
    forMs: 0,
    severity: 'critical',
    meaning: 'Buyers and subscribers see a page that asks them to come back later.',
    nextStep:
      'Run landfall doctor and look at the other alerts, then read the logs of landing and fulfillment-worker.',
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
    shownAs: ['access-request-waiting'],
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
    shownAs: ['delivery-dead'],
    meaning:
      'Events could not be delivered to your product after days of attempts, or a message by mail, Teams or Slack was refused.',
    nextStep:
      'See the answer of the receiver in deliveries.get. Repair the receiver or correct the destination, then call deliveries.replay.',
  },
  DestinationFailing: {
    metric: metrics.destinations,
    is: 'above',
    threshold: 0,
    where: { label: 'state', is: 'failing' },
    forMs: STUCK * 1000,
    severity: 'warning',
    shownAs: ['destination-failing'],
    meaning:
      'A destination does not accept events or messages. Landfall keeps them and sends them again.',
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
    shownAs: ['destination-disabled'],
    meaning:
      'The receiver of a destination is gone, or failed for so long that its deliveries were stopped. They wait.',
    nextStep:
      'Repair the receiver, or set the new URL of a Teams Workflow or Slack app with destinations.update. Then call destinations.enable: what waits is sent.',
  },
  ReconcileOverdue: {
    metric: metrics.reconcileOverdue,
    is: 'above',
    threshold: RECONCILE_LATE,
    forMs: 0,
    severity: 'warning',
    shownAs: ['reconciliation-failing'],
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
    shownAs: ['reconciliation-failing'],
    meaning: "Reconciliations with Microsoft's list have failed for more than an hour.",
    nextStep: 'See the failure in reconciliation.list, and run landfall doctor.',
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
    shownAs: ['credential-ending'],
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
    shownAs: ['credential-ending'],
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
    shownAs: ['credential-refused'],
    meaning:
      "Microsoft refuses a publisher's credential, or every call made with it. Its work waits, and buyers cannot continue. Notifications are stored.",
    nextStep:
      "Run landfall doctor: it shows Microsoft's own sentence, its cause and the next step. Waiting work continues within a minute after the fix.",
  },
  ...billingAlerts,
  ...serverAlerts,
} as const satisfies Readonly<Record<string, AlertRule>>;

export type AlertName = keyof typeof alertRules;
