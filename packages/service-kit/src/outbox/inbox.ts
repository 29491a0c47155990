import type { Transaction } from 'kysely';
import type { OutboxTables } from './tables.ts';
import { messaging } from './outbox.ts';

/**
 * True the first time that `consumer` sees this message, false afterwards. The entry is written in the transaction of
 * the effect, so a message with a rolled-back effect can be handled again. If several transactions handle the same
 * message at once, one continues and the others wait for its outcome.
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
