import type { Kysely, Transaction } from 'kysely';
import type { Migration } from 'kysely/migration';
import type pg from 'pg';
import type { ServiceName } from '@landfall/contracts/services.ts';
import type { Fault } from '@landfall/domain/fault.ts';
import type { Logger } from './log.ts';

export interface Database<DB> extends AsyncDisposable {
  readonly kysely: Kysely<DB>;
  readonly pool: pg.Pool;
  isReady(): Promise<boolean>;
}

export async function openDatabase<DB>(_options: {
  url: string;
  service: ServiceName;
  log: Logger;
  maxConnections?: number;
}): Promise<Database<DB>> {
  throw new Error('being written');
}

export async function migrate<DB>(
  _database: Database<DB>,
  _migrations: Record<string, Migration>,
): Promise<void> {
  throw new Error('being written');
}

export async function inTransaction<DB, T>(
  _database: Database<DB>,
  _fn: (trx: Transaction<DB>) => Promise<T>,
): Promise<T> {
  throw new Error('being written');
}

export function databaseFault(_error: unknown): Fault | undefined {
  throw new Error('being written');
}
