import type { Transaction } from 'kysely';
import type { OutboxTables } from './tables.ts';
import { messaging } from './outbox.ts';

/**
 * True the first time that `consumer` sees this message, false ever after. It is remembered by the
 * same transaction as the effect, so an effect that was rolled back may happen again. Of several at
 * once one goes on; the others wait for its outcome.
 */
export async function once<DB extends OutboxTables>(
  trx: Transaction<DB>,
  consumer: string,
  messageId: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await messaging(trx)
    .insertInto('inbox')
    .values({ consumer, messageId })
    .onConflict((conflict) => conflict.columns(['consumer', 'messageId']).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
