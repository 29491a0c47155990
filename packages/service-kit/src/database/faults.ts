import pg from 'pg';
import { Fault, isFault } from '@landfall/domain/fault';

/** SQLSTATE classes that say "not now": 08 connection, 53 resources, 57P operator intervention. */
const UNAVAILABLE_STATE = /^(?:08|53|57P)/;
/**
 * The server ended what took too long: 25P03 and 25P04 a transaction, 57014 a statement, 55P03 a
 * wait for a lock. It was undone; under less load it succeeds.
 */
const TOO_SLOW_STATES = new Set(['25P03', '25P04', '57014', '55P03']);

/** What sockets and name resolution say when the server or the way to it is gone. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** SQLSTATEs after which the same transaction, run again, is expected to succeed. */
const CONFLICT_STATES = new Set(['40001', '40P01']);

/**
 * The one place that knows how a lost or refusing Postgres looks. Gives the fault
 * `database.unavailable` (retry later) for it, the fault itself for a fault, and undefined for every
 * other error, which then is a bug or an expected SQLSTATE of the caller's.
 * Codes: https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function databaseFault(error: unknown): Fault | undefined {
  if (isFault(error)) return error;
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const isAway =
    error instanceof pg.DatabaseError
      ? UNAVAILABLE_STATE.test(code) || TOO_SLOW_STATES.has(code)
      : NETWORK_CODES.has(code);
  return isAway ? unavailable(error) : undefined;
}

/** True for a serialisation failure or a deadlock: nothing was written, run it again. */
export function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && CONFLICT_STATES.has(error.code ?? '');
}

/** SQLSTATE or system code of an error, where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * For errors of the driver itself. `pg` reports a connection that ended under a query as a plain
 * `Error` without any code, so the class decides: a plain Error that Postgres did not send is the
 * connection's, a TypeError or the like is the caller's.
 */
export function driverFault(error: unknown): unknown {
  const known = databaseFault(error);
  if (known) return known;
  const isPlain = error instanceof Error && error.constructor === Error;
  return isPlain && codeOf(error) === undefined ? unavailable(error) : error;
}

function unavailable(cause: unknown): Fault {
  return new Fault('database.unavailable', 'Postgres is not available', { retry: 'later', cause });
}
