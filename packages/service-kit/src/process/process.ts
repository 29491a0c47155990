import type { Migration } from 'kysely/migration';
import { z } from 'zod';
import type { ServiceName } from '@landfall/contracts/services';
import { followClock, type FollowedClock } from './follow-clock.ts';
import {
  baseConfigShape,
  ConfigError,
  parseConfig,
  summariseConfig,
  type BaseConfig,
} from './config.ts';
import { startTracing } from './telemetry.ts';
import { databaseSettings, migrate, openDatabase } from '../database/database.ts';
import { createLogger, type Logger } from '../log/log.ts';

/** Less than the time after which Kubernetes (30 s) and systemd (90 s) kill a process, more than any single drain. */
const DRAIN_DEADLINE_MS = 20_000;
/** A migration that builds an index on a large table takes minutes. The log then shows that it is still running. */
const MIGRATION_PROGRESS_MS = 10_000;

export interface Runtime {
  readonly log: Logger;
  /** The service's time, for terms, timers, windows and retention. On a local stack, the emulator moves it. */
  readonly now: () => Date;
  /**
   * The machine's real time, for leases, pauses, caches, time limits of calls, tokens, signatures and credentials. It is
   * never moved. Absent: the same as `now`.
   */
  readonly machineNow?: (() => Date) | undefined;
}

/**
 * The result of `start`. Disposing it drains and stops the service. `url` is its address, `metricsUrl` the address of its
 * metrics if that is not below `url`.
 */
export type RunningService = AsyncDisposable & {
  readonly url?: string | undefined;
  readonly metricsUrl?: string | undefined;
};

type StopReason = NodeJS.Signals | 'disconnect' | 'uncaught';

/** Something else that a service's program does, for an operator: `<service> <name> …`. */
export interface OperatorCommand {
  /** What it does, for `--help`. */
  readonly summary: string;
  /** Gets the arguments after its name, and returns the exit code. */
  readonly run: (args: string[]) => Promise<number>;
}

/** What {@link run} runs. */
export interface Program<C> {
  readonly configSchema: z.ZodType<C>;
  readonly migrations: Record<string, Migration>;
  readonly start: (config: C, runtime: Runtime) => Promise<RunningService>;
  readonly commands?: Readonly<Record<string, OperatorCommand>>;
}

/**
 * Runs a service as this process, or one of its commands if there are arguments. `migrate` runs only its migrations. The service
 * migrates at its start too; an operator runs the migrations beforehand, to see that they succeed before any instance is replaced.
 */
export async function run<C extends BaseConfig>(
  name: ServiceName,
  { configSchema, migrations, start, commands }: Program<C>,
): Promise<void> {
  const [command, ...others] = process.argv.slice(2);
  if (command === undefined) return await serve(name, configSchema, start);
  if (command === 'migrate' && others.length === 0) return await migrateOnce(name, migrations);
  const chosen = commands?.[command];
  if (chosen) {
    process.exitCode = await chosen.run(others);
    return;
  }
  const isHelp = command === '--help' || command === '-h';
  const usage = usageOf(name, commands ?? {});
  if (isHelp) process.stdout.write(usage);
  else {
    const given = process.argv.slice(2).join(' ');
    process.stderr.write(`${name}: there is no command ${given}\n\n${usage}`);
  }
  process.exit(isHelp ? 0 : 1);
}

function usageOf(name: ServiceName, commands: Readonly<Record<string, OperatorCommand>>): string {
  const others = Object.entries(commands).map(([command, { summary }]) => [command, summary]);
  const lines = [
    ['', 'runs the service'],
    ['migrate', 'runs the migrations of its schema and ends'],
    ...others,
  ];
  return lines.map(([command = '', what]) => `${name} ${command.padEnd(14)}${what}\n`).join('');
}

/**
 * Runs a service as this process. Reads the environment (if it is invalid, prints all problems to stderr and exits with 1),
 * logs a masked summary, and starts the service. Reports to a parent process over IPC: `{ ready: true, name, url,
 * metricsUrl }`, or `{ failed }` with the system's error code. On SIGTERM, SIGINT or the end of the parent, drains within
 * a deadline and exits with 0. A second signal exits at once. After an uncaught error, logs it, drains and exits with 1.
 */
async function serve<C extends BaseConfig>(
  name: ServiceName,
  schema: z.ZodType<C>,
  start: (config: C, runtime: Runtime) => Promise<RunningService>,
): Promise<void> {
  const config = readConfig(name, schema);
  const log = createLogger(name, config.LOG_LEVEL);
  log.info({ config: summariseConfig(schema, config), pid: process.pid }, 'starting');
  const stopping = stopRequested(log);
  const startedAt = performance.now();
  const machineNow = () => new Date();
  let clock: FollowedClock | undefined;
  let tracing: AsyncDisposable | undefined;
  let service: RunningService;
  try {
    tracing = await startTracing(name, config, log);
    clock = config.CLOCK_URL ? await followClock({ url: config.CLOCK_URL, log }) : undefined;
    service = await start(config, { log, now: clock?.now ?? machineNow, machineNow });
  } catch (error) {
    log.fatal({ err: error }, 'could not start');
    await tellParent({ failed: systemCodeOf(error) });
    process.exit(1);
  }
  log.info({ url: service.url, ms: Math.round(performance.now() - startedAt) }, 'ready');
  const { url, metricsUrl = url && `${url}/metrics` } = service;
  void tellParent({ ready: true, name, url, metricsUrl });
  const reason = await stopping;
  process.exit(await drain({ parts: [service, clock, tracing], reason, log }));
}

/** Migrations need the database, and nothing else that the service needs. */
const migrationSchema = z.object(baseConfigShape).omit({ NATS_URL: true });

/** Runs in one transaction, so a signal that ends this process leaves the schema as it was. */
async function migrateOnce(
  name: ServiceName,
  migrations: Record<string, Migration>,
): Promise<void> {
  const config = readConfig(name, migrationSchema);
  const log = createLogger(name, config.LOG_LEVEL);
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  // In a container, this is process 1, which a signal does not end by default.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  const progress = setInterval(() => log.info({ ms: ms() }, 'migrating'), MIGRATION_PROGRESS_MS);
  try {
    await using database = await openDatabase({ ...databaseSettings(config), service: name, log });
    const done = await migrate(database, migrations);
    log.info({ migrations: done, ms: ms() }, done.length > 0 ? 'migrated' : 'nothing to migrate');
  } catch (error) {
    log.fatal({ err: error, ms: ms() }, 'could not migrate');
    process.exitCode = 1;
  }
  clearInterval(progress);
}

/** Reads the environment. If it is invalid, prints all problems to stderr and exits with 1. */
export function readConfig<C>(name: string, schema: z.ZodType<C>): C {
  try {
    return parseConfig(schema, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(1);
  }
}

/** Resolves with the first reason to stop. A later signal ends the process at once. */
function stopRequested(log: Logger): Promise<StopReason> {
  const { promise, resolve } = Promise.withResolvers<StopReason>();
  let isStopping = false;
  const stop = (reason: StopReason): void => {
    if (!isStopping) {
      isStopping = true;
      log.info({ reason }, 'stopping');
      setTimeout(() => exitLate(log), DRAIN_DEADLINE_MS).unref();
      resolve(reason);
    } else if (reason === 'SIGTERM' || reason === 'SIGINT') {
      log.warn({ reason }, 'stopped at once by a second signal');
      process.exit(1);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', () => stop('disconnect'));
  // Node also reports an unhandled rejection as an uncaught exception.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught error');
    stop('uncaught');
  });
  return promise;
}

/** Also ends a start that hangs. Unfinished work is repeated later, which every step allows. */
function exitLate(log: Logger): never {
  log.error({ deadlineMs: DRAIN_DEADLINE_MS }, 'not drained in time');
  process.exit(1);
}

async function drain(options: {
  parts: readonly (AsyncDisposable | undefined)[];
  reason: StopReason;
  log: Logger;
}): Promise<number> {
  const { parts, reason, log } = options;
  const startedAt = performance.now();
  try {
    for (const part of parts) await part?.[Symbol.asyncDispose]();
    log.info({ ms: Math.round(performance.now() - startedAt) }, 'stopped');
    return reason === 'uncaught' ? 1 : 0;
  } catch (error) {
    log.error({ err: error }, 'could not stop cleanly');
    return 1;
  }
}

/** If the parent ends between the check and the message, its `disconnect` stops this process. */
function tellParent(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) resolve();
    else process.send(message, () => resolve());
  });
}

/** The system's code behind an error, such as `EADDRINUSE`; undefined if there is none. */
function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isSystem = 'code' in error && typeof error.code === 'string' && 'syscall' in error;
  return isSystem ? String(error.code) : systemCodeOf(error.cause);
}
