import { sql, type Selectable } from 'kysely';
import type { ChangeOrigin } from '@landfall/domain/change';
import type { PolicyDecision, RequestedChange } from '@landfall/domain/policy';
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

/** All known operations of a subscription. */
export async function operationsOf(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<Pick<OperationRow, 'operation_id' | 'action' | 'outcome'>[]> {
  return await db
    .selectFrom('operations')
    .select(['operation_id', 'action', 'outcome'])
    .where('subscription_id', '=', subscriptionId)
    .execute();
}

/** The latest decision on another change of the same kind. */
export async function latestDecision(
  db: Db['kysely'],
  { subscriptionId, operationId }: OperationKey,
  action: string,
): Promise<Pick<OperationRow, 'decision' | 'outcome' | 'to_plan_id' | 'to_quantity'> | undefined> {
  return await db
    .selectFrom('operations')
    .select(['decision', 'outcome', 'to_plan_id', 'to_quantity'])
    .where('subscription_id', '=', subscriptionId)
    .where('operation_id', '<>', operationId)
    .where('action', '=', action)
    .where('decision', 'is not', null)
    .orderBy('decided_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** A decision to be stored. */
export interface MadeDecision {
  readonly action: string;
  readonly decision: PolicyDecision;
  readonly at: Date;
  /** When it was due; undefined if the time of the notification is unknown. */
  readonly deadline: Date | undefined;
  readonly origin: ChangeOrigin;
  /** The values in force at that time, before the change. */
  readonly from: { readonly planId: string; readonly quantity: number | null };
  readonly change: RequestedChange;
}

/** Stores the first decision on an operation and returns the one in force. */
export async function recordDecision(
  trx: Trx,
  key: OperationKey,
  made: MadeDecision,
): Promise<{ readonly decision: PolicyDecision; readonly isFirst: boolean }> {
  const { decision, from, change, origin } = made;
  const message = decision.answer === 'refuse' ? decision.message : undefined;
  const decided = {
    decision: decision.answer,
    reason: decision.reason ?? null,
    rule_id: decision.ruleId ?? null,
    decided_at: made.at,
    deadline_at: made.deadline ?? null,
    from_plan_id: from.planId,
    from_quantity: from.quantity,
    to_plan_id: change.action === 'ChangePlan' ? change.planId : null,
    to_quantity: change.action === 'ChangeQuantity' ? change.quantity : null,
    origin,
    message: message ? JSON.stringify(message) : null,
  };
  const written = await trx
    .insertInto('operations')
    .values({ ...blank(key, made.action), ...decided })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'operation_id'])
        .doUpdateSet(decided)
        .where('operations.decision', 'is', null),
    )
    .returning('operation_id')
    .executeTakeFirst();
  if (written) return { decision, isFirst: true };
  return { decision: toDecision(await findOperation(trx, key)) ?? decision, isFirst: false };
}

export function toDecision(
  row: Pick<OperationRow, 'decision' | 'reason' | 'rule_id' | 'message'> | undefined,
): PolicyDecision | undefined {
  if (!row?.decision) return undefined;
  const ruleId = row.rule_id ?? undefined;
  return row.decision === 'refuse'
    ? {
        answer: 'refuse',
        reason: row.reason ?? 'unknown',
        ruleId,
        message: row.message ?? undefined,
      }
    : { answer: 'accept', reason: row.reason ?? undefined, ruleId };
}

/**
 * Claims the right to ask the product about an operation, for a while. False if it is decided or another
 * process is asking. Uses Postgres' clock, which is the same for all processes.
 */
export async function claimAsking(
  db: Db['kysely'],
  key: OperationKey,
  asking: { readonly action: string; readonly leaseMs: number },
): Promise<boolean> {
  const until = sql<Date>`now() + ${asking.leaseMs} * interval '1 ms'`;
  const row = await db
    .insertInto('operations')
    .values({ ...blank(key, asking.action), asking_until: until })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'operation_id'])
        .doUpdateSet({ asking_until: until })
        .where('operations.decision', 'is', null)
        .where(sql<boolean>`coalesce(operations.asking_until < now(), true)`),
    )
    .returning('operation_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Stores that Microsoft has our answer, so that a later run does not send it again. */
export async function recordAnswered(
  trx: Trx,
  key: OperationKey,
  answered: { readonly action: string; readonly at: Date },
): Promise<void> {
  await trx
    .insertInto('operations')
    .values({ ...blank(key, answered.action), answered_at: answered.at })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'operation_id'])
        .doUpdateSet({ answered_at: answered.at }),
    )
    .execute();
}

/** Stores the outcome of an operation. False if it already had one. */
export async function settleOperation(
  trx: Trx,
  key: OperationKey,
  settled: {
    readonly action: string;
    readonly outcome: string;
    readonly origin: ChangeOrigin;
    readonly target: { readonly planId: string | undefined; readonly quantity: number | null };
    readonly at: Date;
    /** When it took effect, by Microsoft's clock; absent if it has not. */
    readonly effectiveAt?: Date | undefined;
  },
): Promise<boolean> {
  const { outcome, at, origin, target, effectiveAt } = settled;
  const ended = { outcome, settled_at: at, effective_at: effectiveAt ?? null };
  const isPlan = settled.action === 'ChangePlan';
  const toPlanId = isPlan ? (target.planId ?? null) : null;
  const toQuantity = settled.action === 'ChangeQuantity' ? target.quantity : null;
  const row = await trx
    .insertInto('operations')
    .values({
      ...blank(key, settled.action),
      ...ended,
      origin,
      to_plan_id: toPlanId,
      to_quantity: toQuantity,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['subscription_id', 'operation_id'])
        .doUpdateSet((was) => ({
          ...ended,
          origin: was.fn.coalesce('operations.origin', sql<ChangeOrigin>`${origin}`),
          to_plan_id: was.fn.coalesce('operations.to_plan_id', sql<string | null>`${toPlanId}`),
          to_quantity: was.fn.coalesce(
            'operations.to_quantity',
            sql<number | null>`${toQuantity}::integer`,
          ),
        }))
        .where('operations.outcome', 'is', null),
    )
    .returning('operation_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A row without any decision or outcome. */
function blank({ subscriptionId, operationId }: OperationKey, action: string) {
  return {
    subscription_id: subscriptionId,
    operation_id: operationId,
    action,
    decision: null,
    reason: null,
    rule_id: null,
    decided_at: null,
    deadline_at: null,
    from_plan_id: null,
    from_quantity: null,
    to_plan_id: null,
    to_quantity: null,
    origin: null,
    message: null,
    asking_until: null,
    answered_at: null,
    outcome: null,
    settled_at: null,
    effective_at: null,
  };
}
