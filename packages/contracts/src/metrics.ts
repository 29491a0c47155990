/** Prometheus' base units, and units that people can read. */
export type MetricUnit = 'seconds' | 'count' | 'days' | 'yes-no';
export type MetricKind = 'gauge' | 'counter' | 'histogram';

/**
 * Every label with the form of its values. Each set of values is bounded by Landfall's code, by an RFC or
 * by the configuration; a value of another form counts as `other`. No label takes ids, paths, names or
 * addresses, because each new value would create a permanent series.
 */
export const metricLabels = {
  procedure: /^[a-zA-Z]{1,40}(\.[a-zA-Z]{1,40})?$/,
  outcome: /^[a-z][a-z0-9.-]{1,50}$/,
  durable: /^[a-z][a-z-]{1,50}$/,
  route: /^\/[a-zA-Z:/*.-]{0,60}$/,
  status: /^[1-5]\d\d$|^[a-z]+\.[a-z-]{1,40}$/,
  operation: /^[a-z][a-zA-Z]{1,40}$/,
  service: /^[a-z][a-z-]{1,30}$/,
  state: /^[a-z][a-zA-Z]{1,30}$/,
  publisher: /^(?!.*@)[\w.-]{1,60}$/,
  kind: /^[a-z][a-z-]{1,30}$/,
} as const;

export type MetricLabel = keyof typeof metricLabels;

/** A metric as data. Services, alert rules and the reference use it. */
export interface MetricSpec<Label extends MetricLabel = MetricLabel> {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly labels: readonly Label[];
  /** Which services report it. */
  readonly by: string;
  readonly help: string;
}

function metric(details: Omit<MetricSpec, 'labels'>): MetricSpec<never>;
function metric<Label extends MetricLabel>(details: MetricSpec<Label>): MetricSpec<Label>;
function metric(details: Omit<MetricSpec, 'labels'>): MetricSpec {
  return { labels: [], ...details };
}

const each = 'every service';
const ingest = 'webhook-ingest';
const worker = 'fulfillment-worker';
const billing = 'billing-sync';

/** Every metric. A service cannot register any other. */
export const metrics = {
  httpRequest: metric({
    name: 'landfall_http_request_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['route', 'status'],
    by: each,
    help: 'HTTP requests by route template and status.',
  }),
  rpcCall: metric({
    name: 'landfall_rpc_call_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['procedure', 'outcome'],
    by: each,
    help: 'Answered procedure calls, by procedure and outcome.',
  }),
  marketplaceCall: metric({
    name: 'landfall_marketplace_call_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['operation', 'status'],
    by: `${worker}, ${billing}`,
    help: "Calls to Microsoft's APIs, including repeats, by operation and status or failure.",
  }),
  poolWaiting: metric({
    name: 'landfall_database_pool_waiting',
    kind: 'gauge',
    unit: 'count',
    by: each,
    help: 'Statements waiting for a database connection of this process.',
  }),
  clockOffset: metric({
    name: 'landfall_clock_offset_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: each,
    help: "Smallest possible difference between this machine's clock and PostgreSQL's, which all services share.",
  }),
  outboxPending: metric({
    name: 'landfall_outbox_pending',
    kind: 'gauge',
    unit: 'count',
    by: `${worker}, ${billing}`,
    help: 'Committed facts that are not published yet.',
  }),
  outboxOldest: metric({
    name: 'landfall_outbox_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: `${worker}, ${billing}`,
    help: 'Age of the oldest committed fact that is not published yet.',
  }),
  consumerPending: metric({
    name: 'landfall_consumer_pending',
    kind: 'gauge',
    unit: 'count',
    labels: ['durable'],
    by: 'the service that publishes the facts',
    help: 'Messages that a durable consumer has not settled.',
  }),
  consumerRedelivered: metric({
    name: 'landfall_consumer_redelivered',
    kind: 'gauge',
    unit: 'count',
    labels: ['durable'],
    by: 'the service that publishes the facts',
    help: 'Unsettled messages that were delivered more than once.',
  }),
  consumerOldest: metric({
    name: 'landfall_consumer_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['durable'],
    by: 'the service that publishes the facts',
    help: 'Age of the oldest message that a durable consumer has not settled.',
  }),
  deadLetters: metric({
    name: 'landfall_dead_letters',
    kind: 'gauge',
    unit: 'count',
    labels: ['durable'],
    by: 'the service that publishes the facts',
    help: 'Messages that a durable consumer gave up on and that no one has replayed.',
  }),
  unreadable: metric({
    name: 'landfall_readings_failed',
    kind: 'gauge',
    unit: 'count',
    by: each,
    help: 'Metric readings that failed on the last attempt. Their metrics are absent meanwhile.',
  }),
  serviceAnswers: metric({
    name: 'landfall_service_answers',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['service'],
    by: 'gateway',
    help: "1 if a service answered the gateway's last check, 0 if it did not.",
  }),
  proxyNotTrusted: metric({
    name: 'landfall_proxy_not_trusted',
    kind: 'gauge',
    unit: 'yes-no',
    by: 'gateway',
    help: '1 if most requests in the last minutes came through a proxy that TRUSTED_PROXIES does not include.',
  }),
  buyersTurnedAway: metric({
    name: 'landfall_buyers_turned_away_recently',
    kind: 'gauge',
    unit: 'count',
    by: 'gateway',
    help: 'Landing pages that failed on our side (5xx) within the last 10 minutes.',
  }),
  webhookCalls: metric({
    name: 'landfall_webhook_calls_total',
    kind: 'counter',
    unit: 'count',
    labels: ['outcome'],
    by: ingest,
    help: 'Calls to the connection webhook: accepted, or the reason why the caller was refused.',
  }),
  webhookRefused: metric({
    name: 'landfall_webhook_refused_recently',
    kind: 'gauge',
    unit: 'count',
    by: ingest,
    help: 'Refused callers of a publisher since its last verified caller, within the last 15 minutes.',
  }),
  notificationsUnreadable: metric({
    name: 'landfall_notifications_unreadable',
    kind: 'gauge',
    unit: 'count',
    by: ingest,
    help: 'Notifications from verified callers in the last eight hours without a readable subscription or action.',
  }),
  notificationsUnpublished: metric({
    name: 'landfall_notifications_unpublished',
    kind: 'gauge',
    unit: 'count',
    by: ingest,
    help: 'Stored notifications that are not published to the worker yet.',
  }),
  notificationsUnpublishedOldest: metric({
    name: 'landfall_notifications_unpublished_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: ingest,
    help: 'Age of the oldest stored notification that is not published to the worker yet.',
  }),
  confirmationsOldest: metric({
    name: 'landfall_confirmations_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: 'landing',
    help: "Age of the oldest buyer's confirmation that the worker has not received.",
  }),
  accessRequestsOldest: metric({
    name: 'landfall_access_requests_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: 'landing',
    help: 'Age of the oldest request for access to a subscription that no one has answered.',
  }),
  notificationsUnprocessedOldest: metric({
    name: 'landfall_notifications_unprocessed_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: worker,
    help: 'Age of the oldest notification that the worker has taken but not finished or parked.',
  }),
  tasksOverdue: metric({
    name: 'landfall_tasks_overdue_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: worker,
    help: 'How long the most overdue lane has waited for a worker.',
  }),
  tasksParked: metric({
    name: 'landfall_tasks_parked',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: 'Parked tasks that no one has replayed (counted up to 10,000).',
  }),
  effectsMissing: metric({
    name: 'landfall_effects_missing',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: 'Changes announced by Microsoft in the last day that its record has not shown for more than a minute.',
  }),
  operationsUnasked: metric({
    name: 'landfall_operations_unasked_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: worker,
    help: 'Time since the last check for open operations of the active subscription that has waited longest for one.',
  }),
  decisionsMissed: metric({
    name: 'landfall_decisions_missed',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: "Decisions in the last day that were made after Microsoft's ten seconds.",
  }),
  deliveriesDead: metric({
    name: 'landfall_deliveries_dead',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: 'Events in the last day that could not be delivered to the product.',
  }),
  destinations: metric({
    name: 'landfall_destinations',
    kind: 'gauge',
    unit: 'count',
    labels: ['state'],
    by: worker,
    help: 'Destinations by state: working, failing, disabled by Landfall, or disabled by an operator.',
  }),
  reconcileAge: metric({
    name: 'landfall_reconcile_age_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['publisher'],
    by: worker,
    help: 'Age of the last completed reconciliation; absent before the first.',
  }),
  reconcileOverdue: metric({
    name: 'landfall_reconcile_overdue_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['publisher'],
    by: worker,
    help: 'How long a completed reconciliation has been overdue; absent if the schedule is off.',
  }),
  reconcileDrift: metric({
    name: 'landfall_reconcile_drift',
    kind: 'gauge',
    unit: 'count',
    labels: ['publisher'],
    by: worker,
    help: 'Subscriptions that differed in the last completed reconciliation, without tests and unopened purchases.',
  }),
  reconcileUnopened: metric({
    name: 'landfall_reconcile_unopened',
    kind: 'gauge',
    unit: 'count',
    labels: ['publisher'],
    by: worker,
    help: 'Purchases that the last completed reconciliation recorded because no buyer had opened them.',
  }),
  reconcileFailing: metric({
    name: 'landfall_reconcile_failing',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['publisher'],
    by: worker,
    help: '1 if the last finished reconciliation failed.',
  }),
  credentialDays: metric({
    name: 'landfall_credential_days_left',
    kind: 'gauge',
    unit: 'days',
    labels: ['publisher'],
    by: worker,
    help: "Days until a publisher's credential expires; absent if the expiry is unknown.",
  }),
  credentialRefused: metric({
    name: 'landfall_credential_refused',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['publisher'],
    by: worker,
    help: "1 while Entra ID refuses a publisher's credential, or Microsoft's API refuses every call made with it.",
  }),
  usageOldest: metric({
    name: 'landfall_usage_unsent_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: 'Age of the oldest usage that was not sent to Microsoft.',
  }),
  usageTimeLeft: metric({
    name: 'landfall_usage_time_left_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: 'Time until the oldest unsent usage is too old for Microsoft; absent if all usage is sent.',
  }),
  usageNotBilled: metric({
    name: 'landfall_usage_hours_not_billed',
    kind: 'gauge',
    unit: 'count',
    labels: ['state'],
    by: billing,
    help: 'Usage hours in the last two days that Microsoft refused or that were written off.',
  }),
  usageHeld: metric({
    name: 'landfall_usage_held_hours',
    kind: 'gauge',
    unit: 'count',
    by: billing,
    help: 'Hours of usage that are held because the included quantity is not known (counted up to 10,000).',
  }),
  usageHeldOldest: metric({
    name: 'landfall_usage_held_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: 'Age of the oldest usage that is held because the included quantity is not known.',
  }),
  catalogueFailing: metric({
    name: 'landfall_catalogue_failing_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: 'How long reading a plan from Microsoft has failed, for the plan that has failed longest. 0 if every plan in use can be read.',
  }),
  usageDifferences: metric({
    name: 'landfall_usage_differences_open',
    kind: 'gauge',
    unit: 'count',
    labels: ['kind'],
    by: billing,
    help: "Open incidents in which Microsoft's usage report differs from the ledger.",
  }),
  usageUnusual: metric({
    name: 'landfall_usage_unusual_open',
    kind: 'gauge',
    unit: 'count',
    by: billing,
    help: 'Open incidents of days with unusually high usage.',
  }),
  usageThresholdsCrossed: metric({
    name: 'landfall_usage_thresholds_crossed_open',
    kind: 'gauge',
    unit: 'count',
    by: billing,
    help: 'Open incidents of usage that crossed a limit that the publisher set.',
  }),
  usageReadBackAge: metric({
    name: 'landfall_usage_read_back_age_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: "Time since Microsoft's usage report was last read and compared with the ledger, for the publisher with the longest gap.",
  }),
  recurringFailed: metric({
    name: 'landfall_recurring_runs_failed',
    kind: 'gauge',
    unit: 'count',
    labels: ['outcome'],
    by: billing,
    help: 'Runs of recurring quantities in the last two days that were missed or refused.',
  }),
  usageMonthsMissing: metric({
    name: 'landfall_usage_months_missing',
    kind: 'gauge',
    unit: 'count',
    by: billing,
    help: 'Usage tables that have no partition for the next month.',
  }),
} as const satisfies Readonly<Record<string, MetricSpec>>;
