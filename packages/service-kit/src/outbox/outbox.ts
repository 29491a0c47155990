import { sql, type Transaction } from 'kysely';
import type { Envelope } from '@landfall/contracts/envelope';
import type { FactDefinition } from '@landfall/contracts/subjects';
import { traceParent } from '../telemetry/tracing.ts';
import type { OutboxTables } from './tables.ts';

export { messagingMigration, traceParentMigration, type OutboxTables } from './tables.ts';
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
  const bodies = facts.map(({ payload }) => JSON.stringify(fact.schema.parse(payload)));
  const column = <T>(pick: (envelope: Envelope) => T) =>
    facts.map(({ envelope }) => pick(envelope));
  // One parameter per column: with one per value, building the statement costs more than running it.
  await sql`
    insert into outbox
      (message_id, subject, body, correlation_id, causation_id, occurred_at, trace_parent)
    select message_id, ${fact.subject}, body, correlation_id, causation_id, occurred_at,
      ${traceParent() ?? null}
    from unnest(
      ${column((of) => of.messageId)}::text[], ${bodies}::text[],
      ${column((of) => of.correlationId)}::text[], ${column((of) => of.causationId ?? null)}::text[],
      ${column((of) => of.occurredAt.toISOString())}::timestamptz[]
    ) with ordinality as given (message_id, body, correlation_id, causation_id, occurred_at, place)
    order by place
    on conflict (message_id) do nothing`.execute(messaging(trx));
}

/** A row of the outbox, for a service that writes it together with its own rows. */
export interface OutboxRow {
  readonly messageId: string;
  readonly subject: string;
  /** JSON, as it is published. */
  readonly body: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly occurredAt: string;
  readonly traceParent: string | undefined;
}

/** The row of a fact, which belongs to the current trace. Throws if the payload does not match its schema. */
export function outboxRow<P>(
  fact: FactDefinition<P>,
  payload: P,
  { messageId, correlationId, causationId, occurredAt }: Envelope,
): OutboxRow {
  const body = JSON.stringify(fact.schema.parse(payload));
  const { subject } = fact;
  const at = occurredAt.toISOString();
  return {
    messageId,
    subject,
    body,
    correlationId,
    causationId,
    occurredAt: at,
    traceParent: traceParent(),
  };
}

/** The transaction with only the kit's two tables in its type. */
export function messaging<DB extends OutboxTables>(
  trx: Transaction<DB>,
): Transaction<OutboxTables> {
  return trx as unknown as Transaction<OutboxTables>;
}
