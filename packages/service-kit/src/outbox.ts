import type { Generated, Transaction } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Envelope } from '@landfall/contracts/envelope.ts';
import type { FactDefinition } from '@landfall/contracts/subjects.ts';
import type { Bus } from './bus.ts';
import type { Database } from './database.ts';
import type { Logger } from './log.ts';

/** Intersect it into a service's own interface of tables. */
export interface OutboxTables {
  outbox: { id: Generated<string>; subject: string };
  inbox: { consumer: string; message_id: string; received_at: Generated<Date> };
}

export const messagingMigration: Migration = {
  async up() {
    throw new Error('being written');
  },
};

export async function enqueue<P, DB extends OutboxTables>(
  _trx: Transaction<DB>,
  _fact: FactDefinition<P>,
  _payload: P,
  _envelope: Envelope,
): Promise<void> {
  throw new Error('being written');
}

export interface Relay extends AsyncDisposable {
  wake(): void;
}

export function startRelay<DB extends OutboxTables>(_options: {
  database: Database<DB>;
  bus: Bus;
  log: Logger;
}): Relay {
  throw new Error('being written');
}

export async function pruneMessaging<DB extends OutboxTables>(
  _database: Database<DB>,
): Promise<void> {
  throw new Error('being written');
}
