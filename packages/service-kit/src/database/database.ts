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
import {
  codeOf,
  databaseFault,
  driverFault,
  isCertificateError,
  isConflict,
  isOfSession,
} from './faults.ts';
import { nameOfPrepared } from './prepared.ts';
import type { Logger } from '../log/log.ts';
import { statementSpan } from '../telemetry/spans.ts';
import { failureOf, recordSpan, startedAt } from '../telemetry/tracing.ts';
import { connectionOptions, withoutStatementNames, type DatabaseSettings } from './settings.ts';
import { destroyConnections, endSilentConnections } from './silent-connections.ts';

export { databaseFault } from './faults.ts';
export { migrate } from './migrations.ts';
export { databaseSettings } from './settings.ts';

/** Few per process, so that several instances of five services stay below PostgreSQL's default of 100. */
const MAX_CONNECTIONS = 10;
/** A caller that has waited this long for a connection gets a fault, so that it can try again later. */
const CONNECT_TIMEOUT_MS = 5000;
/** No statement should run for longer, because others wait for its locks. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Margin in which PostgreSQL reports a statement as too slow, before its connection counts as silent. */
const SILENCE_MARGIN_MS = 500;
/** TCP then finds an idle connection with a lost peer within about fifteen seconds (ten probes). */
const KEEP_ALIVE_DELAY_MS = 5000;
/** A server that fell silent does not confirm the end of a connection, so closing stops waiting after this. */
const CLOSE_TIMEOUT_MS = 3000;
/** A process that pauses or disappears inside a transaction loses its locks after this time. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/** PostgreSQL restarts with crash recovery within this time, and an operator can wait that long for a start. */
const START_DEADLINE_MS = 60_000;
const START_RETRY_MS = 250;
const START_PROGRESS_MS = 5000;
/** Readiness probes come every few seconds, so the answer must not take longer. */
const PROBE_TIMEOUT_MS = 2000;
/** SQLSTATEs of errors that do not pass by waiting: wrong password, unknown role or database, missing right. */
const HOPELESS_STATES = new Set(['28P01', '28000', '3D000', '42501']);

/** Rows in camelCase for columns in snake_case. The content of JSON columns stays unchanged. */
const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Deadlocks and serialisation failures come in bursts, which five attempts with jitter outlast. */
const MAX_TRANSACTION_TRIES = 5;
const TRANSACTION_RETRY_MS = 20;

/**
 * A pool and a Kysely instance for one service's schema. Both survive restarts of PostgreSQL: a statement on a lost
 * connection throws the fault `database.unavailable` (retry later), and the next one connects again. `pool` is for hot
 * paths that need named statements. It throws errors of `pg`, so pass them through {@link databaseFault}.
 */
export interface Database<DB> extends AsyncDisposable {
  readonly kysely: Kysely<DB>;
  readonly pool: pg.Pool;
  /** A session serves others between two transactions, so nothing may be set or locked for a session. */
  readonly isPooled: boolean;
  /** Whether PostgreSQL answers a statement within a short time. */
  isReady(): Promise<boolean>;
}

/**
 * Opens the database of a service. Waits for PostgreSQL for at most a minute, with progress in the log, sets the search
 * path to the service's schema, and checks that the schema exists. Throws the faults `database.refused` and
 * `database.schema-missing` (retry never), or `database.unavailable` (later).
 */
export async function openDatabase<DB>(
  options: DatabaseSettings & {
    readonly service: ServiceName;
    readonly log: Logger;
    readonly maxConnections?: number;
    /** The purpose of this pool, if a service has several. It appears in `pg_stat_activity`. */
    readonly purpose?: string;
    /** Each statement succeeds or fails within about this time. */
    readonly statementTimeoutMs?: number;
  },
): Promise<Database<DB>> {
  const { service, log, maxConnections = MAX_CONNECTIONS } = options;
  const { purpose, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const { schema } = serviceNamed(service);
  const session = {
    schema,
    statementTimeoutMs,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  };
  const pool = new pg.Pool({
    ...connectionOptions(options, session),
    application_name: `landfall-${service}${purpose === undefined ? '' : `-${purpose}`}`,
    max: maxConnections,
    connectionTimeoutMillis: Math.min(CONNECT_TIMEOUT_MS, statementTimeoutMs + SILENCE_MARGIN_MS),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  endSilentConnections(pool, statementTimeoutMs + SILENCE_MARGIN_MS);
  // Without a listener, the loss of an idle connection would end the process.
  pool.on('error', (err) =>
    log.warn({ err: driverFault(err) }, 'lost an idle Postgres connection'),
  );
  // The same for a loss between two statements of a transaction. The next statement then fails.
  const open = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    open.add(client);
    client.on('error', () => {});
    if (options.isPooled) withoutStatementNames(client);
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
    plugins: [camelCase],
  });
  return {
    kysely,
    pool,
    isPooled: options.isPooled ?? false,
    isReady: () => answers(pool),
    async [Symbol.asyncDispose]() {
      await kysely.destroy();
      await close();
    },
  };
}

/**
 * Runs `fn`, and once more if its connection was lost. The first run may have had its effect, so `fn` must be safe to
 * repeat.
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
 * Runs `fn` in a transaction and commits. After a deadlock or serialisation failure it runs `fn` again, a few times, so
 * `fn` must have no effect outside the database. After a fault at commit, the transaction may or may not have been
 * committed; the inbox makes a repetition safe.
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
      if (isCertificateError(error)) {
        const message = `the certificate of Postgres was refused (${code}); check the host name in DATABASE_URL, and DATABASE_CA_FILE`;
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

/** The pool for Kysely. It turns lost connections into faults, and Kysely does not close it. */
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

/** One wrapper per client, because Kysely recognises a connection by the identity of its client. */
const translatedClients = new WeakMap<
  pg.PoolClient,
  Awaited<ReturnType<PostgresPool['connect']>>
>();

function clientOf(client: pg.PoolClient): Awaited<ReturnType<PostgresPool['connect']>> {
  const known = translatedClients.get(client);
  if (known) return known;
  const query = (text: string, values: unknown[]) => {
    const name = nameOfPrepared(text);
    // The start of a transaction takes too little time to be worth a span.
    const since = text === 'begin' ? undefined : startedAt();
    const result = client.query(name === undefined ? { text, values } : { name, text, values });
    if (since !== undefined) void recordStatement(result, { since, text, name });
    return result.catch((error: unknown) => {
      isLost ||= isOfSession(error);
      rethrow(error);
    });
  };
  let isLost = false;
  const facade = {
    query: query as unknown as Awaited<ReturnType<PostgresPool['connect']>>['query'],
    release: (destroy?: boolean) => client.release(destroy === true || isLost),
  };
  translatedClients.set(client, facade);
  return facade;
}

/** The span of a statement in the current trace. */
async function recordStatement(
  result: Promise<unknown>,
  statement: { readonly since: number; readonly text: string; readonly name: string | undefined },
): Promise<void> {
  const { since, text, name } = statement;
  const failure = await result.then(
    () => undefined,
    (error: unknown) => failureOf(driverFault(error)),
  );
  recordSpan(since, () => statementSpan(text, name), failure);
}

function rethrow(error: unknown): never {
  throw driverFault(error);
}
