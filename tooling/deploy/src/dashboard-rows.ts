import { metrics } from '@landfall/contracts/metrics';
import type { MetricSpec } from '@landfall/contracts/metric-spec';

type MetricKey = keyof typeof metrics;

/** A row of the dashboard: a question, and the metrics that answer it. */
export interface DashboardRow {
  readonly title: string;
  readonly metrics: readonly MetricKey[];
}

/** Every metric is in exactly one row. What a customer notices comes first. */
export const dashboardRows: readonly DashboardRow[] = [
  {
    title: 'Do all services answer?',
    metrics: ['serviceAnswers', 'unreadable', 'mattersOpen', 'build'],
  },
  {
    title: "Are Microsoft's notifications taken and carried out?",
    metrics: [
      'webhookCalls',
      'webhookFailed',
      'webhookRefused',
      'notificationsUnpublishedOldest',
      'notificationsUnpublished',
      'notificationsUnreadable',
      'notificationsUnprocessedOldest',
      'decisionsMissed',
      'effectsMissing',
      'operationsUnasked',
    ],
  },
  {
    title: 'Can customers buy and manage?',
    metrics: [
      'buyersTurnedAway',
      'confirmationsOldest',
      'accessRequestsOldest',
      'httpRequest',
      'proxyNotTrusted',
      'certificateDays',
    ],
  },
  {
    title: "Does Microsoft's API answer, and is the credential valid?",
    metrics: ['marketplaceCall', 'marketplaceFailing', 'credentialDays', 'credentialRefused'],
  },
  {
    title: 'Does the work keep up?',
    metrics: ['lanesWaiting', 'lanesHeld', 'tasksOverdue', 'tasksParked'],
  },
  {
    title: "Does Landfall's record equal Microsoft's?",
    metrics: [
      'reconcileAge',
      'reconcileOverdue',
      'reconcileFailing',
      'reconcileDrift',
      'reconcileUnopened',
    ],
  },
  {
    title: 'Does the product receive every event?',
    metrics: ['deliveriesWaiting', 'deliveriesOldest', 'deliveriesDead', 'destinations'],
  },
  {
    title: 'Is usage billed?',
    metrics: [
      'usageOldest',
      'usageTimeLeft',
      'usageNotBilled',
      'usageHeld',
      'usageHeldOldest',
      'usageDifferences',
      'usageUnusual',
      'usageThresholdsCrossed',
      'usageReadBackAge',
      'catalogueFailing',
      'recurringFailed',
      'usageMonthsMissing',
    ],
  },
  {
    title: 'Do the services reach each other?',
    metrics: [
      'rpcCall',
      'outboxOldest',
      'outboxPending',
      'consumerOldest',
      'consumerPending',
      'consumerRedelivered',
      'deadLetters',
    ],
  },
  {
    title: 'Do the processes have spare capacity?',
    metrics: ['eventLoopBusy', 'eventLoopDelay', 'memoryUsed', 'poolWaiting', 'poolConnections'],
  },
  {
    title: 'Do PostgreSQL and NATS have spare capacity?',
    metrics: [
      'databaseReadOnly',
      'databaseConnectionsUsed',
      'databaseSize',
      'databaseRoomUsed',
      'replicaBehind',
      'clockOffset',
      'backupAge',
      'streamUsed',
      'streamBytes',
      'streamReplicasMissing',
    ],
  },
];

/** Metrics that Node.js itself reports, of each process. `name` is the series that a process serves. */
export const processPanels = [
  {
    title: 'CPU',
    name: 'process_cpu_seconds_total',
    unit: 'percentunit',
    expr: (series: string) => `sum by (job, instance) (rate(${series}[$__rate_interval]))`,
    help: 'CPU time of each process, in cores.',
  },
  {
    title: 'Memory',
    name: 'process_resident_memory_bytes',
    unit: 'bytes',
    expr: (series: string) => `sum by (job, instance) (${series})`,
    help: 'Memory of each process.',
  },
  {
    title: 'Heap',
    name: 'nodejs_heap_size_used_bytes',
    unit: 'bytes',
    expr: (series: string) => `sum by (job, instance) (${series})`,
    help: "Used memory in JavaScript's heap of each process.",
  },
  {
    title: 'Event loop delay, p99',
    name: 'nodejs_eventloop_lag_p99_seconds',
    unit: 's',
    expr: (series: string) => `max by (job, instance) (${series})`,
    help: 'How late the slowest 1 % of the timers ran since the last scrape.',
  },
  {
    title: 'Garbage collection',
    name: 'nodejs_gc_duration_seconds_sum',
    unit: 'percentunit',
    expr: (series: string) => `sum by (job, instance, kind) (rate(${series}[$__rate_interval]))`,
    help: 'Share of time that each process spent on garbage collection.',
  },
  {
    title: 'Open sockets and files',
    name: 'nodejs_active_resources_total',
    unit: 'short',
    expr: (series: string) => `max by (job, instance) (${series})`,
    help: 'What keeps each process busy: sockets, timers, files.',
  },
] as const;

export function specOf(key: MetricKey): MetricSpec {
  return metrics[key];
}
