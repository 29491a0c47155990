import type { Transaction } from 'kysely';
import type { Envelope } from '@landfall/contracts/envelope';
import type { FactDefinition } from '@landfall/contracts/subjects';
import type { OutboxTables } from './tables.ts';

export { messagingMigration, type OutboxTables } from './tables.ts';
export { isLost, outboxSource } from './source.ts';

/**
 * Stores a fact in the transaction that changes the state. The fact is published if, and only if, that transaction
 * commits. Wake the relay after the commit. Throws if the payload does not match its schema. Enqueueing the same message
 * id again changes nothing.
 */
export async function enqueue<P, DB extends OutboxTables>(
  trx: Transaction<DB>,
  fact: FactDefinition<P>,
  payload: P,
  envelope: Envelope,
): Promise<void> {
  await enqueueMany(trx, fact, [{ payload, envelope }]);
}

/** Stores several facts in one statement. They are published in this order. At most a few thousand. */
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

/** The transaction with only the kit's two tables in its type. */
export function messaging<DB extends OutboxTables>(
  trx: Transaction<DB>,
): Transaction<OutboxTables> {
  return trx as unknown as Transaction<OutboxTables>;
}
