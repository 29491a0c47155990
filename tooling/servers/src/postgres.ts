import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { claimFolder } from './folder-claim.ts';
import { stopOrphan } from './orphan.ts';
import { freePort, isPortFree } from './ports.ts';
import { placeCluster, prepareCluster, type PostgresCluster } from './postgres-cluster.ts';
import { keepRunning, type RunningServer } from './running-server.ts';
import { ServerProcess } from './server-process.ts';
import { startFault } from '@landfall/provisioning/start-fault';
import { within } from './wait.ts';

export type PostgresOptions = {
  /**
   * The folder of the cluster: data, password, and the claim of the process that runs it. Created
   * if missing.
   */
  readonly dataDir: string;
  /** The preferred port; if it is in use, another free one is chosen. */
  readonly port?: number | undefined;
  /** Chooses the port. For tests where the port is taken before the server binds it. */
  readonly choosePort?: typeof freePort | undefined;
  /** False only in tests: then a power cut may destroy the data. */
  readonly durable: boolean;
  /**
   * The password of the superuser `postgres`; by default generated, and kept in the folder. ASCII.
   */
  readonly password?: string | undefined;
  /** Removed if the launcher dies without stopping the server (for tests). */
  readonly throwAwayDir?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
  readonly onUnexpectedExit?: ((lastWords: string) => void) | undefined;
};

export type RunningPostgres = RunningServer & {
  /** The database `postgres`, as superuser. Contains the password. */
  readonly adminUrl: string;
};

// A start takes 30 ms. Replaying a large journal after a crash may take minutes.
const readyTimeoutMs = 120_000;
// A fast shutdown writes a checkpoint: 20 ms if idle, seconds on a slow disk.
const stopGraceMs = 15_000;
// A start is repeated if another process took the port, or while the processes of a killed
// predecessor still hold its shared memory (they notice within a second).
const startTries = 10;
const retryPauseMs = 200;
// Enough for five services, several workers and parallel tests. A slot costs little; running out
// costs a day of debugging.
const maxConnections = 200;
// Commits stay synchronous (into the system's cache), so a test that kills the server loses
// nothing. Test clusters are in memory, where the default of 1 GB of journal would be too much.
// Shared memory is also in the folder, so that removing the folder removes everything, even after
// SIGKILL.
const testSettings = [
  'fsync=off',
  'full_page_writes=off',
  'max_wal_size=128MB',
  'dynamic_shared_memory_type=mmap',
];

/**
 * Starts the real PostgreSQL from its npm package on 127.0.0.1, as root or as an ordinary user, and
 * resolves when it accepts connections (with passwords only, and no unix socket). A server that a
 * killed launcher left on the same folder is stopped first. Throws a `Fault` with what, why and the
 * next step.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const folder = resolve(options.dataDir);
  const claim = () => claimFolder(folder, 'PostgreSQL');
  const release = claim();
  try {
    const place = placeCluster(folder);
    await stopOrphan({
      name: 'PostgreSQL',
      pid: postmaster(place.dataDir).pid,
      argument: place.dataDir,
      signals: ['SIGINT', 'SIGQUIT'],
    });
    const cluster = prepareCluster(place, options);
    const port = await (options.choosePort ?? freePort)(options.port);
    const first = await launch(cluster, { ...options, port, mayMove: true });
    const url = adminUrl(cluster, first.port);
    const running = keepRunning(first.server, {
      url,
      port: first.port,
      claim,
      release,
      launch: async () => (await launch(cluster, { ...options, ...first, mayMove: false })).server,
      onUnexpectedExit: options.onUnexpectedExit,
    });
    return Object.assign(running, { adminUrl: url });
  } catch (error) {
    release();
    throw error;
  }
}

type Launched = { readonly server: ServerProcess; readonly port: number };

async function launch(
  cluster: PostgresCluster,
  options: PostgresOptions & { readonly port: number; readonly mayMove: boolean },
): Promise<Launched> {
  let port = options.port;
  for (let tried = 1; ; tried += 1) {
    const server = await ServerProcess.launch(command(cluster, port, options));
    if (await becameReady(cluster, server)) return { server, port };
    await server.stop();
    if (tried === startTries) throw neverReady(cluster, server.lastWords);
    await delay(retryPauseMs);
    if (options.mayMove && !(await isPortFree(port))) port = await freePort();
  }
}

function command(cluster: PostgresCluster, port: number, options: PostgresOptions) {
  const settings = [
    'listen_addresses=127.0.0.1',
    // The path of a socket can have at most 107 bytes, and a checkout's path is often longer.
    'unix_socket_directories=',
    `max_connections=${maxConnections}`,
  ];
  if (!options.durable) settings.push(...testSettings);
  return {
    name: 'PostgreSQL',
    command: cluster.binaries.postgres,
    args: ['-D', cluster.dataDir, '-p', String(port), ...settings.flatMap((s) => ['-c', s])],
    cwd: cluster.dataDir,
    env: cluster.env,
    identity: cluster.identity,
    stopSignal: 'SIGINT',
    stopGraceMs,
    throwAwayDir: options.throwAwayDir,
    log: options.log,
  } as const;
}

async function becameReady(cluster: PostgresCluster, server: ServerProcess): Promise<boolean> {
  const outcome = () => {
    if (!server.isRunning) return 'gone';
    const { pid, status } = postmaster(cluster.dataDir);
    return pid === server.pid && READY.has(status ?? '') ? 'ready' : undefined;
  };
  return (await within(readyTimeoutMs, outcome)) === 'ready';
}

/** A standby accepts connections for reading. */
const READY: ReadonlySet<string> = new Set(['ready', 'standby']);

/** Source: PostgreSQL, miscadmin.h, "postmaster.pid": line 1 the pid, line 8 the status. */
function postmaster(dataDir: string): { readonly pid?: number; readonly status?: string } {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return {};
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
  } catch {
    return {};
  }
}

function adminUrl(cluster: PostgresCluster, port: number): string {
  const password = encodeURIComponent(cluster.password);
  return `postgres://${cluster.superuser}:${password}@127.0.0.1:${port}/postgres`;
}

function neverReady(cluster: PostgresCluster, lastWords: string) {
  return startFault('start_failed', {
    what: `PostgreSQL did not start on ${cluster.dataDir}.`,
    why: lastWords,
    next: 'free disk space or memory if the reason says so; if the data is damaged, restore a backup or start with --fresh',
  });
}
