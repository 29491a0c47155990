import { metric, type MetricSpec } from './metric-spec.ts';

const each = 'every service';
const owner = 'the owner of the stream';

/** Metrics of the processes, and of PostgreSQL and NATS as the services see them. */
export const serverMetrics = {
  build: metric({
    name: 'landfall_build_info',
    kind: 'gauge',
    unit: 'yes-no',
    labels: ['version', 'node'],
    by: each,
    help: 'Always 1. The labels are the version of Landfall and of Node.js that this process runs.',
  }),
  eventLoopDelay: metric({
    name: 'landfall_event_loop_delay_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: each,
    help: 'How late the slowest 1 % of the timers ran in the last full period of five minutes; absent until one is over.',
  }),
  eventLoopBusy: metric({
    name: 'landfall_event_loop_busy_ratio',
    kind: 'gauge',
    unit: 'ratio',
    by: each,
    help: "Share of the last full period of five minutes in which the process's only thread was busy; absent until one is over.",
  }),
  memoryUsed: metric({
    name: 'landfall_memory_used_ratio',
    kind: 'gauge',
    unit: 'ratio',
    labels: ['kind'],
    by: each,
    help: "Memory in use, as a share of its limit: of JavaScript's heap, and of the whole process if its container has a limit.",
  }),
  poolWaiting: metric({
    name: 'landfall_database_pool_waiting',
    kind: 'gauge',
    unit: 'count',
    by: each,
    help: 'Statements waiting for a database connection of this process.',
  }),
  poolConnections: metric({
    name: 'landfall_database_pool_connections',
    kind: 'gauge',
    unit: 'count',
    labels: ['state'],
    by: each,
    help: 'Database connections of this process: busy, idle, and the free slots in its pools.',
  }),
  clockOffset: metric({
    name: 'landfall_clock_offset_seconds',
    kind: 'gauge',
    unit: 'seconds',
    by: each,
    help: "Smallest possible difference between this machine's clock and PostgreSQL's, which all services share.",
  }),
  databaseReadOnly: metric({
    name: 'landfall_database_read_only',
    kind: 'gauge',
    unit: 'yes-no',
    by: each,
    help: '1 if PostgreSQL accepts no writes: the server is a standby, or transactions are read-only by default.',
  }),
  databaseConnectionsUsed: metric({
    name: 'landfall_database_connections_used_ratio',
    kind: 'gauge',
    unit: 'ratio',
    by: 'gateway',
    help: "Connections of all clients, as a share of those that PostgreSQL's max_connections leaves to ordinary roles.",
  }),
  databaseSize: metric({
    name: 'landfall_database_size_bytes',
    kind: 'gauge',
    unit: 'bytes',
    by: 'gateway',
    help: "Size of Landfall's database on disk.",
  }),
  streamBytes: metric({
    name: 'landfall_stream_bytes',
    kind: 'gauge',
    unit: 'bytes',
    labels: ['stream'],
    by: owner,
    help: 'Size of a JetStream stream, on each of its replicas.',
  }),
  streamUsed: metric({
    name: 'landfall_stream_used_ratio',
    kind: 'gauge',
    unit: 'ratio',
    labels: ['stream'],
    by: owner,
    help: 'Share of its limit of bytes or messages that a JetStream stream uses; absent if it has neither limit.',
  }),
  streamReplicasMissing: metric({
    name: 'landfall_stream_replicas_missing',
    kind: 'gauge',
    unit: 'count',
    labels: ['stream'],
    by: owner,
    help: 'Replicas of a JetStream stream that are offline or behind; absent if it has only one.',
  }),
} as const satisfies Readonly<Record<string, MetricSpec>>;
