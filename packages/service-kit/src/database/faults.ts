import pg from 'pg';
import { Fault, isFault } from '@landfall/domain/fault';
import { isCertificateCode } from '../process/certificates.ts';

/** SQLSTATE classes of temporary failures: 08 connection, 53 resources, 57P operator intervention. */
const UNAVAILABLE_STATE = /^(?:08|53|57P)/;
/**
 * SQLSTATEs of work that took too long: a transaction (25P03, 25P04), a statement (57014), a wait for a lock (55P03).
 * PostgreSQL has undone it. With less load it succeeds.
 */
const TOO_SLOW_STATES = new Set(['25P03', '25P04', '57014', '55P03']);
/**
 * SQLSTATEs of a server that cannot write now: it is a standby, was one until a failover, or is set to read-only because its
 * disk is nearly full (25006), or its disk fails (58030).
 */
const NOT_WRITING_STATES = new Set(['25006', '58030']);

/** Error codes of sockets and name resolution if the server cannot be reached. */
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
 * Recognises errors of an unavailable PostgreSQL, and returns the fault `database.unavailable` (retry later) for them.
 * Returns a fault unchanged. Returns undefined for every other error, which is a bug or an SQLSTATE that the caller
 * expects.
 * Codes: https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function databaseFault(error: unknown): Fault | undefined {
  if (isFault(error)) return error;
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const isAway =
    error instanceof pg.DatabaseError
      ? UNAVAILABLE_STATE.test(code) || TOO_SLOW_STATES.has(code) || NOT_WRITING_STATES.has(code)
      : NETWORK_CODES.has(code) || isCertificateCode(code);
  return isAway ? unavailable(error) : undefined;
}

/** Whether an error is a serialisation failure or a deadlock. Nothing was written, so the transaction can run again. */
export function isConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && CONFLICT_STATES.has(error.code ?? '');
}

/**
 * Whether the session is the cause, and not the statement: it leads to a server that no longer writes. A new connection
 * may lead to the one that does, because after a failover the host name leads elsewhere.
 */
export function isOfSession(error: unknown): boolean {
  return error instanceof pg.DatabaseError && NOT_WRITING_STATES.has(error.code ?? '');
}

/** Whether another transaction held a lock for longer than this one wanted to wait. Nothing was written. */
export function isLockTimeout(error: unknown): boolean {
  return codeOf(isFault(error) ? error.cause : error) === '55P03';
}

/** Whether the server's certificate was refused. */
export function isCertificateError(error: unknown): boolean {
  return isCertificateCode(codeOf(error));
}

/** SQLSTATE or system code of an error; undefined if it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * For errors of the driver itself. If a connection ends during a query, `pg` throws a plain `Error` without a code. So a
 * plain Error that PostgreSQL did not send means a lost connection; a TypeError or the like is a bug of the caller.
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
