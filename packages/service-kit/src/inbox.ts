import type { Transaction } from 'kysely';
import type { OutboxTables } from './outbox.ts';

export async function once<DB extends OutboxTables>(
  _trx: Transaction<DB>,
  _consumer: string,
  _messageId: string,
): Promise<boolean> {
  throw new Error('being written');
}
