import type { AlertRule } from './alert-rule.ts';
import { metrics } from './metrics.ts';

const MINUTE_MS = 60_000;
const DAY = 24 * 60 * 60;

/** More than a short burst: the pool has ten connections, and statements take milliseconds. */
const POOL_QUEUE = 20;
/** In seconds. A time service keeps clocks within milliseconds; Microsoft's tokens tolerate minutes. */
const CLOCK_OFF = 1;
/** Above this share, each burst of calls waits for the ones before it. */
const THREAD_FULL = 0.9;
/** In seconds. A decision has eight seconds for several steps, and each step waits this long when timers are late. */
const TIMERS_LATE = 0.5;
/** Above this share, Node.js spends most of its time on garbage collection, and then the process is killed. */
const MEMORY_FULL = 0.9;
/** Leaves room for one more instance of each service with PostgreSQL's default of 100 connections. */
const CONNECTIONS_FULL = 0.85;
/** A database grows slowly, so the last fifth lasts for days. */
const ROOM_FULL = 0.8;
/** PostgreSQL keeps about this much of its write-ahead log anyway (max_wal_size). What is beyond that is kept only for a replica. */
const REPLICA_FAR_BEHIND = 1024 ** 3;
/** A large import or a restart of the replica is over by then. */
const REPLICA_BACK_MS = 10 * MINUTE_MS;
/** At a steady rate, a stream that keeps seven days then has room for a day and a half. */
const STREAM_FULL = 0.8;
/** A node that restarts is back, and has caught up, within a minute. */
const NODE_BACK_MS = 5 * MINUTE_MS;
/** A failover takes less than a minute. */
const FAILOVER_MS = MINUTE_MS;
/** Automatic renewal happens 30 days before expiry. After two weeks of failures, a person must look. */
const CERTIFICATE_SOON_DAYS = 14;
const CERTIFICATE_NOW_DAYS = 3;
/** A daily backup has failed once. */
const BACKUP_OLD = 2 * DAY;

/** Alerts on processes, PostgreSQL, NATS, the certificate and the backups. */
export const serverAlerts = {
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
    nextStep:
      'Run landfall doctor to see which clock is wrong, and set it with a time service (chrony, systemd-timesyncd).',
  },
  ProcessBusy: {
    metric: metrics.eventLoopBusy,
    is: 'above',
    threshold: THREAD_FULL,
    forMs: 0,
    severity: 'warning',
    meaning: 'The only thread of a process has been busy for five minutes, so calls wait.',
    nextStep: 'Run more instances of this service. They share its work.',
  },
  ProcessSlow: {
    metric: metrics.eventLoopDelay,
    is: 'above',
    threshold: TIMERS_LATE,
    forMs: 0,
    severity: 'warning',
    meaning:
      "A process often pauses for half a second or more, so decisions may miss Microsoft's ten seconds.",
    nextStep:
      'Check whether the machine or the container has too little CPU time (throttling) or memory (swapping).',
  },
  MemoryNearLimit: {
    metric: metrics.memoryUsed,
    is: 'above',
    threshold: MEMORY_FULL,
    forMs: 5 * MINUTE_MS,
    severity: 'warning',
    meaning: 'A process has used almost all of its memory. It will slow down, and then be killed.',
    nextStep:
      'Raise the memory limit of this service or run more instances. Restart the process; no work is lost.',
  },
  DatabaseReadOnly: {
    metric: metrics.databaseReadOnly,
    is: 'above',
    threshold: 0,
    forMs: FAILOVER_MS,
    severity: 'critical',
    meaning:
      'PostgreSQL accepts no writes, so webhook calls are answered 503 and purchases fail. Microsoft repeats its calls for eight hours.',
    nextStep:
      'Check whether DATABASE_URL leads to a standby or the disk of the server is full, then make PostgreSQL writable again.',
  },
  DatabaseConnectionsNearLimit: {
    metric: metrics.databaseConnectionsUsed,
    is: 'above',
    threshold: CONNECTIONS_FULL,
    forMs: 5 * MINUTE_MS,
    severity: 'warning',
    meaning: 'PostgreSQL has few free connections left, so a restarted service may not get any.',
    nextStep: 'Raise max_connections, run fewer instances, or put a pooler in front of PostgreSQL.',
  },
  DatabaseNearLimit: {
    metric: metrics.databaseRoomUsed,
    is: 'above',
    threshold: ROOM_FULL,
    forMs: 5 * MINUTE_MS,
    severity: 'warning',
    meaning:
      'The database has almost reached the size that was set for it. When the disk is full, nothing can be stored.',
    nextStep: 'Enlarge the disk and raise DATABASE_ROOM_BYTES, or keep data for a shorter time.',
  },
  ReplicaBehind: {
    metric: metrics.replicaBehind,
    is: 'above',
    threshold: REPLICA_FAR_BEHIND,
    forMs: REPLICA_BACK_MS,
    severity: 'warning',
    meaning:
      'A replica of PostgreSQL is far behind or gone. The primary keeps its write-ahead log for the replica, which can fill the disk.',
    nextStep: 'Start the replica. If it no longer exists, drop its replication slot.',
  },
  StreamNearLimit: {
    metric: metrics.streamUsed,
    is: 'above',
    threshold: STREAM_FULL,
    forMs: 5 * MINUTE_MS,
    severity: 'warning',
    meaning: 'A JetStream stream is almost at its limit.',
    nextStep:
      'Raise its limit if the disks of NATS have room, and check whether a consumer has stopped.',
  },
  StreamReplicasMissing: {
    metric: metrics.streamReplicasMissing,
    is: 'above',
    threshold: 0,
    forMs: NODE_BACK_MS,
    severity: 'warning',
    meaning:
      'A node of the NATS cluster is down or behind. If another one stops as well, nothing can be published.',
    nextStep: 'Start the missing node. It catches up by itself.',
  },
  TlsCertificateExpiring: {
    metric: metrics.certificateDays,
    is: 'below',
    threshold: CERTIFICATE_SOON_DAYS,
    forMs: 0,
    severity: 'warning',
    meaning:
      'The TLS certificate of PUBLIC_URL expires soon, so its automatic renewal seems to fail.',
    nextStep:
      'Read the log of the program that renews it (the TLS proxy, cert-manager), and renew it.',
  },
  TlsCertificateEnding: {
    metric: metrics.certificateDays,
    is: 'below',
    threshold: CERTIFICATE_NOW_DAYS,
    forMs: 0,
    severity: 'critical',
    meaning:
      "The TLS certificate of PUBLIC_URL has expired or expires within days. Then Microsoft's calls and all buyers are turned away.",
    nextStep: 'Renew the certificate today, and reload the TLS proxy.',
  },
  BackupOld: {
    metric: metrics.backupAge,
    is: 'above',
    threshold: BACKUP_OLD,
    forMs: 0,
    severity: 'warning',
    shownAs: ['backup-old'],
    meaning: 'No backup has been recorded for two days.',
    nextStep: 'Read the log of the backup job, run it, and check that it calls backups.record.',
  },
} as const satisfies Readonly<Record<string, AlertRule>>;
