import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { metrics as table } from '@landfall/contracts/metrics';
import type { ServiceName } from '@landfall/contracts/services';
import { streams } from '@landfall/contracts/streams';
import manifest from '../../package.json' with { type: 'json' };
import type { Bus } from '../bus/bus.ts';
import type { Database } from '../database/database.ts';
import { reading, readings, type Metrics } from './metrics.ts';

/** Long enough that a burst or a start does not count, short enough that an operator learns of it soon. */
export const BUSY_PERIOD_MS = 5 * 60_000;
/** Timers are watched at this interval. A finer one would itself take time. */
const DELAY_RESOLUTION_MS = 20;
const NANOSECONDS_OF_MS = 1e6;
/** Without a limit of the container, Node.js answers 0 or a number larger than any machine's memory. */
const NO_LIMIT_BYTES = 2 ** 50;

type Pooled = Pick<Database<never>, 'pool'>;

/**
 * Reads what every process reports about itself: its version, its thread, its memory and its connections to PostgreSQL, which
 * the first of `databases` also asks for its clock and whether it accepts writes.
 */
export function readServers(metrics: Metrics, ...databases: readonly [Pooled, ...Pooled[]]): void {
  readProcess(metrics);
  readPools(metrics, databases);
  readPostgres(metrics, databases[0]);
}

function readProcess(metrics: Metrics): void {
  const { build, eventLoopDelay, eventLoopBusy, memoryUsed } = table;
  const labels = { version: manifest.version, node: process.versions.node };
  metrics.read([build], async () => [readings(build, [{ labels, value: 1 }])]);
  metrics.read([eventLoopDelay, eventLoopBusy], async () => {
    const last = lastBusyPeriod();
    return [reading(eventLoopDelay, last?.delaySeconds), reading(eventLoopBusy, last?.busyRatio)];
  });
  metrics.read([memoryUsed], async () => [
    readings(
      memoryUsed,
      Object.entries(memoryShares()).map(([kind, value]) => ({ labels: { kind }, value })),
    ),
  ]);
}

interface BusyPeriod {
  readonly delaySeconds: number;
  readonly busyRatio: number;
}

let threadOfProcess: ReturnType<typeof watchThread> | undefined;

/** The thread belongs to the process, even if a test starts several services in it. */
function lastBusyPeriod(): BusyPeriod | undefined {
  threadOfProcess ??= watchThread();
  return threadOfProcess();
}

/**
 * Watches the only thread of this process in periods that follow each other, and returns the last full one. Times are those
 * of the machine, because a moved clock makes no thread busy.
 */
export function watchThread(
  elapsed: () => number = () => performance.now(),
): () => BusyPeriod | undefined {
  const delays = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delays.enable();
  let startedAt = elapsed();
  let before = performance.eventLoopUtilization();
  let last: BusyPeriod | undefined;
  return () => {
    if (elapsed() - startedAt < BUSY_PERIOD_MS) return last;
    const { utilization } = performance.eventLoopUtilization(before);
    // The histogram includes the interval itself.
    const lateMs = Math.max(0, delays.percentile(99) / NANOSECONDS_OF_MS - DELAY_RESOLUTION_MS);
    last = { delaySeconds: lateMs / 1000, busyRatio: utilization };
    delays.reset();
    before = performance.eventLoopUtilization();
    startedAt = elapsed();
    return last;
  };
}

/** A share is absent if its limit is not known. */
function memoryShares(): Readonly<Record<string, number>> {
  const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < NO_LIMIT_BYTES;
  return {
    heap: used / most,
    ...(isLimited ? { process: process.memoryUsage.rss() / limit } : {}),
  };
}

function readPools(metrics: Metrics, databases: readonly Pooled[]): void {
  const { poolWaiting, poolConnections } = table;
  metrics.read([poolWaiting, poolConnections], async () => {
    const sum = (count: (pool: Pooled['pool']) => number) =>
      databases.reduce((total, { pool }) => total + count(pool), 0);
    const byState = {
      busy: sum((pool) => pool.totalCount - pool.idleCount),
      idle: sum((pool) => pool.idleCount),
      free: sum((pool) => pool.options.max - pool.totalCount),
    };
    return [
      reading(
        poolWaiting,
        sum((pool) => pool.waitingCount),
      ),
      readings(
        poolConnections,
        Object.entries(byState).map(([state, value]) => ({ labels: { state }, value })),
      ),
    ];
  });
}

/**
 * Reads how far our clock differs from PostgreSQL's, which all services share, and whether PostgreSQL accepts writes. The
 * request and the answer may have taken any share of the round trip, so only the difference that the round trip cannot
 * explain counts.
 */
export function readPostgres(
  metrics: Metrics,
  database: Pooled,
  clock: () => Date = () => new Date(),
): void {
  const { clockOffset, databaseReadOnly } = table;
  metrics.read([clockOffset, databaseReadOnly], async () => {
    const before = clock().getTime();
    const { rows } = await database.pool.query<{ at: Date; readOnly: boolean }>(
      `select clock_timestamp() as at, current_setting('transaction_read_only') = 'on' as "readOnly"`,
    );
    const after = clock().getTime();
    const at = rows[0]?.at.getTime() ?? before;
    return [
      reading(clockOffset, Math.max(0, before - at, at - after) / 1000),
      reading(databaseReadOnly, rows[0] && (rows[0].readOnly ? 1 : 0)),
    ];
  });
}

/**
 * Reads the size and the free connections of the database, and how far its replicas are behind. All services share the
 * database, so only one of them reports this. The role of a service may read all of it, even on a managed server.
 */
export function readDatabaseRoom(
  metrics: Metrics,
  { pool }: Pooled,
  { roomBytes }: { readonly roomBytes?: number | undefined } = {},
): void {
  const { databaseConnectionsUsed, databaseSize, databaseRoomUsed, replicaBehind } = table;
  metrics.read([databaseConnectionsUsed, databaseSize, databaseRoomUsed], async () => {
    const { rows } = await pool.query<{ used: number; most: number; bytes: number }>(
      `select (select sum(numbackends)::float from pg_stat_database) as used,
         current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int as most,
         pg_database_size(current_database())::float as bytes`,
    );
    const [found] = rows;
    return [
      reading(databaseConnectionsUsed, found && found.used / found.most),
      reading(databaseSize, found?.bytes),
      reading(databaseRoomUsed, found && roomBytes && found.bytes / roomBytes),
    ];
  });
  metrics.read([replicaBehind], async () => {
    // pg_stat_replication has times, but shows them only to roles that may also read the statements of all other roles.
    // A backup in progress has a temporary slot. A standby does not know the position of the primary.
    const { rows } = await pool.query<{ slot: string; bytes: number }>(
      `select slot_name as slot, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float as bytes
       from pg_replication_slots
       where not pg_is_in_recovery() and not temporary and restart_lsn is not null`,
    );
    const samples = rows.map(({ slot, bytes }) => ({ labels: { slot }, value: bytes }));
    return [readings(replicaBehind, samples)];
  });
}

/** Reads how full the streams of a service are, and whether all their replicas are there. */
export function readStreams(
  metrics: Metrics,
  { bus, owner }: { readonly bus: Pick<Bus, 'streamRoom'>; readonly owner: ServiceName },
): void {
  const ours = Object.values(streams).filter((stream) => stream.owner === owner);
  const { streamBytes, streamUsed, streamReplicasMissing } = table;
  metrics.read([streamBytes, streamUsed, streamReplicasMissing], async () => {
    const found = await Promise.all(
      ours.map(async ({ name }) => ({
        labels: { stream: name },
        room: await bus.streamRoom(name),
      })),
    );
    type Room = NonNullable<(typeof found)[number]['room']>;
    const samples = (valueOf: (room: Room) => number | undefined) =>
      found.flatMap(({ labels, room }) => {
        const value = room && valueOf(room);
        return value === undefined ? [] : [{ labels, value }];
      });
    return [
      readings(
        streamBytes,
        samples(({ bytes }) => bytes),
      ),
      readings(
        streamUsed,
        samples(({ usedRatio }) => usedRatio),
      ),
      readings(
        streamReplicasMissing,
        samples(({ replicasMissing }) => replicasMissing),
      ),
    ];
  });
}
