import type { ClientConfig, PoolClient } from 'pg';
import { Fault } from '@landfall/domain/fault';
import { readCertificate } from '../process/certificates.ts';
import type { BaseConfig } from '../process/config.ts';

/** Where PostgreSQL is, and what is in front of it. */
export interface DatabaseSettings {
  readonly url: string;
  /** The certificate of an authority that signed the server's certificate, if it is not a public one. */
  readonly caFile?: string | undefined;
  /** A pooler in transaction mode is in front: each transaction may run in another session of the server. */
  readonly isPooled?: boolean | undefined;
}

/** The database settings of a service's configuration. */
export function databaseSettings(
  config: Pick<BaseConfig, 'DATABASE_URL'> & Partial<BaseConfig>,
): DatabaseSettings {
  return {
    url: config.DATABASE_URL,
    caFile: config.DATABASE_CA_FILE,
    isPooled: config.DATABASE_POOLER === 'transaction',
  };
}

/** What is true for each session. A session of a pooler has what the role has, see docs/postgresql.md. */
export interface SessionSettings {
  readonly schema: string;
  readonly statementTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
}

/**
 * The options of `pg` for a connection. With `sslmode=verify-full`, the server's certificate must be valid for its host name.
 * `pg` interprets other modes in its own way, so none of them is passed to it. Throws the fault `database.refused` for a
 * mode that does not verify, an authority without TLS, or its certificate if that cannot be read.
 */
export function connectionOptions(
  { url, caFile, isPooled }: DatabaseSettings,
  session: SessionSettings,
): ClientConfig {
  return {
    connectionString: withoutTls(url),
    ssl: tlsOptions(url, caFile),
    // A pooler refuses these parameters, or gives the session that has them to another client.
    ...(isPooled
      ? {}
      : {
          options: `-c search_path=${session.schema}`,
          statement_timeout: session.statementTimeoutMs,
          idle_in_transaction_session_timeout: session.idleInTransactionTimeoutMs,
        }),
  };
}

/** Removes the names of statements. A session that has prepared a named statement may belong to another client the next time. */
export function withoutStatementNames(client: PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query: (first: unknown, ...rest: unknown[]) =>
      query(isNamed(first) ? { ...first, name: undefined } : first, ...rest),
  });
}

function isNamed(statement: unknown): statement is { readonly name: string } {
  return typeof statement === 'object' && statement !== null && 'name' in statement;
}

function tlsOptions(url: string, caFile: string | undefined): ClientConfig['ssl'] {
  const mode = new URL(url).searchParams.get('sslmode') ?? 'disable';
  if (mode === 'disable') {
    if (caFile === undefined) return false;
    // Whoever names an authority expects its certificate to be checked.
    const message =
      'DATABASE_CA_FILE is set, but DATABASE_URL asks for no TLS; add sslmode=verify-full to it, or remove DATABASE_CA_FILE';
    throw new Fault('database.refused', message, { retry: 'never' });
  }
  if (mode !== 'verify-full') {
    const message = `sslmode=${mode} does not check the server's identity; use sslmode=verify-full`;
    throw new Fault('database.refused', message, { retry: 'never' });
  }
  const about = { variable: 'DATABASE_CA_FILE', code: 'database.refused' };
  const ca = caFile === undefined ? undefined : readCertificate(caFile, about);
  return { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
}

/** The URL without its parameters for TLS, which `pg` would prefer to the given options. */
function withoutTls(url: string): string {
  const changed = new URL(url);
  for (const name of new Set(changed.searchParams.keys())) {
    if (name.startsWith('ssl') || name === 'uselibpqcompat') changed.searchParams.delete(name);
  }
  return changed.href;
}
