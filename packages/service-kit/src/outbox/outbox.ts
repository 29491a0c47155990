import type { Transaction } from 'kysely';
import type { Envelope } from '@landfall/contracts/envelope';
import type { FactDefinition } from '@landfall/contracts/subjects';
import { camelCase } from '../database/database.ts';
import type { OutboxTables } from './tables.ts';

export { messagingMigration, type OutboxTables } from './tables.ts';
export { isLost, outboxSource } from './source.ts';

/**
 * Puts a fact beside the state that it tells of, in the same transaction: it is published when, and
 * only when, that commits. Wake the relay after the commit. A payload that does not fit its schema
 * throws, and the transaction with it. Enqueueing the same message id again changes nothing.
 */
export async function enqueue<P, DB extends OutboxTables>(
  trx: Transaction<DB>,
  fact: FactDefinition<P>,
  payload: P,
  envelope: Envelope,
): Promise<void> {
  await enqueueMany(trx, fact, [{ payload, envelope }]);
}

/** The same for a batch, in one statement; they go out in the order given. At most some thousands. */
export async function enqueueMany<P, DB extends OutboxTables>(
  trx: Transaction<DB>,
  fact: FactDefinition<P>,
  facts: readonly { readonly payload: P; readonly envelope: Envelope }[],
): Promise<void> {
  if (facts.length === 0) return;
  const rows = facts.map(({ payload, envelope }) => ({
    messageId: envelope.messageId,
    subject: fact.subject,
    body: JSON.stringify(fact.schema.parse(payload)),
    correlationId: envelope.correlationId,
    causationId: envelope.causationId ?? null,
    occurredAt: envelope.occurredAt,
  }));
  await messaging(trx)
    .insertInto('outbox')
    .values(rows)
    .onConflict((conflict) => conflict.column('messageId').doNothing())
    .execute();
}

/** Kysely types a connection by all its tables; here the two of the kit are enough. */
export function messaging<DB extends OutboxTables>(
  trx: Transaction<DB>,
): Transaction<OutboxTables> {
  return (trx as unknown as Transaction<OutboxTables>).withPlugin(camelCase);
}
