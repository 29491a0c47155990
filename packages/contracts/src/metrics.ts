/** Whole seconds, counts and days alone: what Prometheus calls base units, and what people read. */
export type MetricUnit = 'seconds' | 'count' | 'days' | 'yes-no';
export type MetricKind = 'gauge' | 'counter' | 'histogram';

/**
 * Every label with the form of its values. Each set is bounded by our code, by an RFC or by what an
 * operator has configured; a value of another form counts as `other`. An id, a path, a name or an
 * address has no label to go into, for each new value would be a new series for ever.
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
} as const;

export type MetricLabel = keyof typeof metricLabels;

/** A metric as data. Services, the README and the alert rules take it from here. */
export interface MetricSpec<Label extends MetricLabel = MetricLabel> {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly labels: readonly Label[];
  /** Who has it: one service, or every one. */
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

/** Every metric there is. What is not in this table cannot be registered. */
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
    help: 'Procedure calls that were answered, by procedure and outcome.',
  }),
  marketplaceCall: metric({
    name: 'landfall_marketplace_call_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['operation', 'status'],
    by: `${worker}, ${billing}`,
    help: "Attempts at Microsoft's APIs, by operation and status or failure.",
  }),
  poolWaiting: metric({
    name: 'landfall_database_pool_waiting',
    kind: 'gauge',
    unit: 'count',
    by: each,
    help: 'Statements that wait for a database connection of this process.',
  }),
  clockOffset: metric({
    name: 'landfall_clock_offset_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: each,
    help: "How far this machine's clock surely is from PostgreSQL's, which all services share.",
  }),
  outboxPending: metric({
    name: 'landfall_outbox_pending',
    kind: 'gauge',
    unit: 'count',
    by: `${worker}, ${billing}`,
    help: 'Facts that are committed and not published yet.',
  }),
  outboxOldest: metric({
    name: 'landfall_outbox_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: `${worker}, ${billing}`,
    help: 'Age of the oldest fact that is not published yet.',
  }),
  consumerPending: metric({
    name: 'landfall_consumer_pending',
    kind: 'gauge',
    unit: 'count',
    labels: ['durable'],
    by: 'the publisher of what is consumed',
    help: 'Messages that a durable consumer has not settled.',
  }),
  consumerRedelivered: metric({
    name: 'landfall_consumer_redelivered',
    kind: 'gauge',
    unit: 'count',
    labels: ['durable'],
    by: 'the publisher of what is consumed',
    help: 'Unsettled messages that were delivered more than once.',
  }),
  consumerOldest: metric({
    name: 'landfall_consumer_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['durable'],
    by: 'the publisher of what is consumed',
    help: 'Age of the oldest message that a durable consumer has not settled.',
  }),
  deadLetters: metric({
    name: 'landfall_dead_letters',
    kind: 'gauge',
    unit: 'count',
    labels: ['durable'],
    by: 'the publisher of what is consumed',
    help: 'Messages that a durable consumer gave up on and nobody has replayed.',
  }),
  unreadable: metric({
    name: 'landfall_readings_failed',
    kind: 'gauge',
    unit: 'count',
    by: each,
    help: 'Readings behind these metrics that failed just now; their metrics are absent meanwhile.',
  }),
  serviceAnswers: metric({
    name: 'landfall_service_answers',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['service'],
    by: 'gateway',
    help: '1 where a service answered the gateway at its last look, 0 where it did not.',
  }),
  proxyNotTrusted: metric({
    name: 'landfall_proxy_not_trusted',
    kind: 'gauge',
    unit: 'yes-no',
    by: 'gateway',
    help: '1 where most requests of the last minutes came through a proxy that TRUSTED_PROXIES leaves out.',
  }),
  buyersTurnedAway: metric({
    name: 'landfall_buyers_turned_away_recently',
    kind: 'gauge',
    unit: 'count',
    by: 'gateway',
    help: 'Pages of the landing page answered with trouble of ours (5xx) within the last 10 minutes.',
  }),
  webhookCalls: metric({
    name: 'landfall_webhook_calls_total',
    kind: 'counter',
    unit: 'count',
    labels: ['outcome'],
    by: ingest,
    help: 'Calls of the connection webhook: accepted, or the reason why the caller was refused.',
  }),
  webhookRefused: metric({
    name: 'landfall_webhook_refused_recently',
    kind: 'gauge',
    unit: 'count',
    by: ingest,
    help: 'Callers of one publisher refused since its last genuine one, within the last 15 minutes.',
  }),
  notificationsUnreadable: metric({
    name: 'landfall_notifications_unreadable',
    kind: 'gauge',
    unit: 'count',
    by: ingest,
    help: 'Genuine notifications of the last eight hours that lead to no subscription or action.',
  }),
  notificationsUnpublished: metric({
    name: 'landfall_notifications_unpublished',
    kind: 'gauge',
    unit: 'count',
    by: ingest,
    help: 'Stored notifications that the worker has not been told of.',
  }),
  notificationsUnpublishedOldest: metric({
    name: 'landfall_notifications_unpublished_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: ingest,
    help: 'Age of the oldest stored notification that the worker has not been told of.',
  }),
  confirmationsOldest: metric({
    name: 'landfall_confirmations_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: 'landing',
    help: "Age of the oldest buyer's confirmation that the worker has not taken.",
  }),
  notificationsUnprocessedOldest: metric({
    name: 'landfall_notifications_unprocessed_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: worker,
    help: 'Age of the oldest notification that the worker has taken and neither done nor parked.',
  }),
  tasksOverdue: metric({
    name: 'landfall_tasks_overdue_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: worker,
    help: 'How long the longest waiting lane is overdue: nobody works on it.',
  }),
  tasksParked: metric({
    name: 'landfall_tasks_parked',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: 'Tasks that were given up and not replayed (counted up to 10,000).',
  }),
  effectsMissing: metric({
    name: 'landfall_effects_missing',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: "Changes notified in the last day that Microsoft's record did not show after a minute, and does not show yet.",
  }),
  operationsUnasked: metric({
    name: 'landfall_operations_unasked_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: worker,
    help: 'How long ago Microsoft was last asked for open operations of the active subscription whose turn is next.',
  }),
  decisionsMissed: metric({
    name: 'landfall_decisions_missed',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: "Decisions of the last day that came after Microsoft's ten seconds.",
  }),
  deliveriesDead: metric({
    name: 'landfall_deliveries_dead',
    kind: 'gauge',
    unit: 'count',
    by: worker,
    help: 'Events of the last day that no attempt brought to the product.',
  }),
  destinations: metric({
    name: 'landfall_destinations',
    kind: 'gauge',
    unit: 'count',
    labels: ['state'],
    by: worker,
    help: 'Destinations that work, fail, are disabled by us, or by an operator.',
  }),
  reconcileAge: metric({
    name: 'landfall_reconcile_age_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['publisher'],
    by: worker,
    help: 'Age of the last reconciliation that completed; absent before the first.',
  }),
  reconcileOverdue: metric({
    name: 'landfall_reconcile_overdue_seconds',
    kind: 'gauge',
    unit: 'seconds',
    labels: ['publisher'],
    by: worker,
    help: 'How long a completed reconciliation is overdue by the schedule; absent where that is off.',
  }),
  reconcileDrift: metric({
    name: 'landfall_reconcile_drift',
    kind: 'gauge',
    unit: 'count',
    labels: ['publisher'],
    by: worker,
    help: 'Subscriptions that differed in the last reconciliation that completed; without tests and unopened purchases.',
  }),
  reconcileUnopened: metric({
    name: 'landfall_reconcile_unopened',
    kind: 'gauge',
    unit: 'count',
    labels: ['publisher'],
    by: worker,
    help: 'Purchases first seen by the last completed reconciliation that nobody had opened.',
  }),
  reconcileFailing: metric({
    name: 'landfall_reconcile_failing',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['publisher'],
    by: worker,
    help: '1 where the last reconciliation that ended has failed.',
  }),
  credentialDays: metric({
    name: 'landfall_credential_days_left',
    kind: 'gauge',
    unit: 'days',
    labels: ['publisher'],
    by: worker,
    help: "Days until a publisher's credential ends; absent where nobody has said when.",
  }),
  credentialRefused: metric({
    name: 'landfall_credential_refused',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['publisher'],
    by: worker,
    help: "1 while Entra ID refuses a publisher's credential, or Microsoft's API every call made with it.",
  }),
  usageOldest: metric({
    name: 'landfall_usage_unsent_oldest_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: 'Age of the oldest usage that Microsoft has not been told of.',
  }),
  usageTimeLeft: metric({
    name: 'landfall_usage_time_left_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: billing,
    help: 'Time until the first usage is too old for Microsoft to take; absent where all is sent.',
  }),
  usageNotBilled: metric({
    name: 'landfall_usage_hours_not_billed',
    kind: 'gauge',
    unit: 'count',
    labels: ['state'],
    by: billing,
    help: 'Hours of the last two days that were refused by Microsoft or written off.',
  }),
} as const satisfies Readonly<Record<string, MetricSpec>>;

/** A name with the endings that a histogram's series have in Prometheus. */
export function seriesOf(spec: MetricSpec): readonly string[] {
  const { name, kind } = spec;
  return kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
