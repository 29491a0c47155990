import type { Selectable } from 'kysely';
import type { PolicyDecision } from '@landfall/domain/policy.ts';
import type { Db, OperationsTable, Trx } from '../db/schema.ts';

export type OperationRow = Selectable<OperationsTable>;

export interface OperationKey {
  readonly subscriptionId: string;
  readonly operationId: string;
}

export async function findOperation(
  db: Db['kysely'],
  key: OperationKey,
): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('operations')
    .selectAll()
    .where('subscription_id', '=', key.subscriptionId)
    .where('operation_id', '=', key.operationId)
    .executeTakeFirst();
}

/** Keeps the first decision on an operation and returns the one that is in force. */
export async function recordDecision(
  db: Db['kysely'] | Trx,
  key: OperationKey,
  made: { readonly action: string; readonly decision: PolicyDecision; readonly at: Date },
): Promise<PolicyDecision> {
  const { decision } = made;
  const row = await db
    .insertInto('operations')
    .values({
      subscription_id: key.subscriptionId,
      operation_id: key.operationId,
      action: made.action,
      decision: decision.answer,
      reason: decision.answer === 'refuse' ? decision.reason : null,
      decided_at: made.at,
      answered_at: null,
      outcome: null,
      settled_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['subscription_id', 'operation_id']).doUpdateSet((set) => ({
        decision: set.fn.coalesce('operations.decision', 'excluded.decision'),
        reason: set
          .case()
          .when('operations.decision', 'is', null)
          .then(set.ref('excluded.reason'))
          .else(set.ref('operations.reason'))
          .end(),
        decided_at: set.fn.coalesce('operations.decided_at', 'excluded.decided_at'),
      })),
    )
    .returning(['decision', 'reason'])
    .executeTakeFirstOrThrow();
  return toDecision(row) ?? decision;
}

export function toDecision(
  row: Pick<OperationRow, 'decision' | 'reason'> | undefined,
): PolicyDecision | undefined {
  if (!row?.decision) return undefined;
  return row.decision === 'refuse'
    ? { answer: 'refuse', reason: row.reason ?? 'unknown' }
    : { answer: 'accept' };
}

/** That our answer has arrived, so that a later look at the operation does not send it again. */
export async function recordAnswered(
  trx: Trx,
  key: OperationKey,
  answered: { readonly action: string; readonly at: Date },
): Promise<void> {
  await trx
    .insertInto('operations')
    .values({
      subscription_id: key.subscriptionId,
      operation_id: key.operationId,
      action: answered.action,
      decision: null,
      reason: null,
      decided_at: null,
      answered_at: answered.at,
      outcome: null,
      settled_at: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'operation_id'])
        .doUpdateSet({ answered_at: answered.at }),
    )
    .execute();
}

/** What came of an operation, written once: false when it had its outcome already. */
export async function settleOperation(
  trx: Trx,
  key: OperationKey,
  settled: { readonly action: string; readonly outcome: string; readonly at: Date },
): Promise<boolean> {
  const row = await trx
    .insertInto('operations')
    .values({
      subscription_id: key.subscriptionId,
      operation_id: key.operationId,
      action: settled.action,
      decision: null,
      reason: null,
      decided_at: null,
      answered_at: null,
      outcome: settled.outcome,
      settled_at: settled.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'operation_id'])
        .doUpdateSet({ outcome: settled.outcome, settled_at: settled.at })
        .where('operations.outcome', 'is', null),
    )
    .returning('operation_id')
    .executeTakeFirst();
  return row !== undefined;
}
