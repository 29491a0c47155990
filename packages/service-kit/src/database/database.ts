import { setTimeout as delay } from 'node:timers/promises';
import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { serviceNamed, type ServiceName } from '@landfall/contracts/services';
import { Fault } from '@landfall/domain/fault';
import { codeOf, databaseFault, driverFault, isConflict } from './faults.ts';
import type { Logger } from '../log/log.ts';
import { destroyConnections, endSilentConnections } from './silent-connections.ts';

export { databaseFault } from './faults.ts';
export { migrate } from './migrations.ts';

/** A few per process: five services with some instances each stay under Postgres' default of 100. */
const MAX_CONNECTIONS = 10;
/** A caller that has waited this long for a connection is better served by a fault and a retry. */
const CONNECT_TIMEOUT_MS = 5000;
/** No statement of ours is meant to run longer; one that does holds locks that others wait for. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Postgres ends a statement that is too slow, and says so, before its connection counts as silent. */
const SILENCE_MARGIN_MS = 500;
/** An idle connection whose other end is lost is found within some fifteen seconds (ten probes). */
const KEEP_ALIVE_DELAY_MS = 5000;
/** A server that is silent does not confirm the end of a connection either. */
const CLOSE_TIMEOUT_MS = 3000;
/** A process that is paused or lost inside a transaction gives its locks back after this. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/** Longer than a Postgres restart with crash recovery, shorter than anybody waits for a start. */
const START_DEADLINE_MS = 60_000;
const START_RETRY_MS = 250;
const START_PROGRESS_MS = 5000;
/** A readiness probe comes every few seconds; its answer must not outlive it. */
const PROBE_TIMEOUT_MS = 2000;
/** SQLSTATEs that waiting does not cure: wrong password, unknown role or database, no right. */
const HOPELESS_STATES = new Set(['28P01', '28000', '3D000', '42501']);

/** Rows in camelCase for columns in snake_case. What a json column holds is left as it is. */
export const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Deadlocks and serialisation failures come in bursts; five tries with jitter outlast them. */
const MAX_TRANSACTION_TRIES = 5;
const TRANSACTION_RETRY_MS = 20;

/**
 * A pool and a Kysely bound to one service's schema. Both survive restarts of Postgres: a statement
 * that meets a lost connection throws the fault `database.unavailable` (retry later), the next one
 * connects anew. `pool` is for hot paths that need named statements; its errors are pg's own and go
 * through {@link databaseFault}.
 */
export interface Database<DB> extends AsyncDisposable {
  readonly kysely: Kysely<DB>;
  readonly pool: pg.Pool;
  /** One round trip with a short timeout. */
  isReady(): Promise<boolean>;
}

/**
 * Opens the database of a service: waits for Postgres (with progress in the log, at most a minute),
 * sets the search path to the service's schema, and checks that the schema is there. Throws the
 * faults `database.refused`, `database.schema-missing` (retry never) or `database.unavailable`.
 */
export async function openDatabase<DB>(options: {
  url: string;
  service: ServiceName;
  log: Logger;
  maxConnections?: number;
  /** What these connections are for, where a service has several pools; shown in `pg_stat_activity`. */
  purpose?: string;
  /** Tables are declared in camelCase. */
  camelCase?: boolean;
  /** Each statement is answered, or has failed and its connection is gone, within about this time. */
  statementTimeoutMs?: number;
}): Promise<Database<DB>> {
  const { url, service, log, maxConnections = MAX_CONNECTIONS } = options;
  const { purpose, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const { schema } = serviceNamed(service);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `landfall-${service}${purpose === undefined ? '' : `-${purpose}`}`,
    options: `-c search_path=${schema}`,
    max: maxConnections,
    connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT_MS, statementTimeoutMs + SILENCE_MARGIN_MS),
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  endSilentConnections(pool, statementTimeoutMs + SILENCE_MARGIN_MS);
  // Without a listener, a connection that dies while idle would end the process.
  pool.on('error', (err) =>
    log.warn({ err: driverFault(err) }, 'lost an idle Postgres connection'),
  );
  // The same for one that dies between two statements of a transaction: the next statement tells.
  const open = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    open.add(client);
    client.on('error', () => {});
  });
  pool.on('remove', (client) => open.delete(client));
  const close = () => endPool(pool, open);
  try {
    await waitForPostgres(pool, log);
    await requireSchema(pool, schema);
  } catch (error) {
    await close();
    throw error;
  }
  const kysely = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: translated(pool) }),
    plugins: options.camelCase ? [camelCase] : [],
  });
  return {
    kysely,
    pool,
    isReady: () => answers(pool),
    async [Symbol.asyncDispose]() {
      await kysely.destroy();
      await close();
    },
  };
}

/**
 * Runs `fn`, and once more where the connection was lost under it. The first run may have had its
 * effect: `fn` must be one that may be repeated.
 */
export async function withOneRepeat<T>(fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    if (databaseFault(driverFault(error)) === undefined) throw error;
    return await fn();
  }
}

async function endPool(pool: pg.Pool, open: ReadonlySet<pg.PoolClient>): Promise<void> {
  const timer = setTimeout(() => destroyConnections(open), CLOSE_TIMEOUT_MS);
  await pool.end();
  clearTimeout(timer);
}

/**
 * Runs `fn` in a transaction and commits. A deadlock or serialisation failure runs it again, a few
 * times, so `fn` must have no effect outside the database. A fault at commit may mean either: what
 * follows is made safe by the inbox, not by guessing.
 */
export async function inTransaction<DB, T>(
  database: Database<DB>,
  fn: (trx: Transaction<DB>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await database.kysely.transaction().execute(fn);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (tries === MAX_TRANSACTION_TRIES) {
        throw new Fault('database.conflict', 'other transactions were always in the way', {
          retry: 'later',
          cause: error,
        });
      }
      await delay(TRANSACTION_RETRY_MS * tries * (0.5 + Math.random()));
    }
  }
}

async function waitForPostgres(pool: pg.Pool, log: Logger): Promise<void> {
  const startedAt = performance.now();
  for (let lastWord = startedAt; ;) {
    try {
      await pool.query('select 1');
      return;
    } catch (error) {
      const code = codeOf(error) ?? '';
      if (HOPELESS_STATES.has(code)) {
        const message = `Postgres refuses this role or database (${code}); check DATABASE_URL`;
        throw new Fault('database.refused', message, { retry: 'never', cause: error });
      }
      const now = performance.now();
      if (now - startedAt > START_DEADLINE_MS) throw driverFault(error);
      if (now - lastWord > START_PROGRESS_MS) {
        lastWord = now;
        log.info({ code, waitedMs: Math.round(now - startedAt) }, 'waiting for Postgres');
      }
      await delay(START_RETRY_MS);
    }
  }
}

async function requireSchema(pool: pg.Pool, schema: string): Promise<void> {
  const found = await pool.query<{ schema: string | null; usable: boolean | null }>(
    `select current_schema() as schema, has_schema_privilege(current_schema(), 'CREATE') as usable`,
  );
  if (found.rows[0]?.schema === schema && found.rows[0].usable) return;
  throw new Fault(
    'database.schema-missing',
    `the schema ${schema} is missing or not owned by this role; create roles and schemas first`,
    { retry: 'never' },
  );
}

async function answers(pool: pg.Pool): Promise<boolean> {
  const answer = pool.query('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, delay(PROBE_TIMEOUT_MS, false, { ref: false })]);
}

/** The pool as Kysely sees it: lost connections become faults, and closing is left to its owner. */
function translated(pool: pg.Pool): PostgresPool {
  return {
    options: {},
    end: async () => {},
    async connect() {
      const client = await pool.connect().catch(rethrow);
      return clientOf(client);
    },
  };
}

/** Kysely keeps what it knows of a connection by the identity of its client. */
const translatedClients = new WeakMap<
  pg.PoolClient,
  Awaited<ReturnType<PostgresPool['connect']>>
>();

function clientOf(client: pg.PoolClient): Awaited<ReturnType<PostgresPool['connect']>> {
  const known = translatedClients.get(client);
  if (known) return known;
  const query = (text: string, values: unknown[]) => client.query(text, values).catch(rethrow);
  const facade = {
    query: query as unknown as Awaited<ReturnType<PostgresPool['connect']>>['query'],
    release: (destroy?: boolean) => client.release(destroy),
  };
  translatedClients.set(client, facade);
  return facade;
}

function rethrow(error: unknown): never {
  throw driverFault(error);
}
