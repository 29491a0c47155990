import { sql, type Selectable } from 'kysely';
import type { ChangeOrigin } from '@landfall/domain/change';
import type { PolicyDecision, RequestedChange } from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
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
    .where('subscriptionId', '=', key.subscriptionId)
    .where('operationId', '=', key.operationId)
    .executeTakeFirst();
}

/** All known operations of a subscription. */
export async function operationsOf(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<Pick<OperationRow, 'operationId' | 'action' | 'outcome'>[]> {
  return await db
    .selectFrom('operations')
    .select(['operationId', 'action', 'outcome'])
    .where('subscriptionId', '=', subscriptionId)
    .execute();
}

/** The latest decision on another change of the same kind. */
export async function latestDecision(
  db: Db['kysely'],
  { subscriptionId, operationId }: OperationKey,
  action: string,
): Promise<Pick<OperationRow, 'decision' | 'outcome' | 'toPlanId' | 'toQuantity'> | undefined> {
  return await db
    .selectFrom('operations')
    .select(['decision', 'outcome', 'toPlanId', 'toQuantity'])
    .where('subscriptionId', '=', subscriptionId)
    .where('operationId', '<>', operationId)
    .where('action', '=', action)
    .where('decision', 'is not', null)
    .orderBy('decidedAt', 'desc')
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
    ruleId: decision.ruleId ?? null,
    decidedAt: made.at,
    deadlineAt: made.deadline ?? null,
    fromPlanId: from.planId,
    fromQuantity: from.quantity,
    toPlanId: change.action === 'ChangePlan' ? change.planId : null,
    toQuantity: change.action === 'ChangeQuantity' ? change.quantity : null,
    origin,
    message: message ? JSON.stringify(message) : null,
  };
  const written = await trx
    .insertInto('operations')
    .values({ ...blank(key, made.action), ...decided })
    .onConflict((conflict) =>
      conflict
        .columns(['subscriptionId', 'operationId'])
        .doUpdateSet(decided)
        .where('operations.decision', 'is', null),
    )
    .returning('operationId')
    .executeTakeFirst();
  if (written) return { decision, isFirst: true };
  return { decision: toDecision(await findOperation(trx, key)) ?? decision, isFirst: false };
}

export function toDecision(
  row: Pick<OperationRow, 'decision' | 'reason' | 'ruleId' | 'message'> | undefined,
): PolicyDecision | undefined {
  if (!row?.decision) return undefined;
  const ruleId = row.ruleId ?? undefined;
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
    .values({ ...blank(key, asking.action), askingUntil: until })
    .onConflict((conflict) =>
      conflict
        .columns(['subscriptionId', 'operationId'])
        .doUpdateSet({ askingUntil: until })
        .where('operations.decision', 'is', null)
        .where(sql<boolean>`coalesce(operations.asking_until < now(), true)`),
    )
    .returning('operationId')
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
    .values({ ...blank(key, answered.action), answeredAt: answered.at })
    .onConflict((conflict) =>
      conflict.columns(['subscriptionId', 'operationId']).doUpdateSet({ answeredAt: answered.at }),
    )
    .execute();
}

/** Stores an operation that has no outcome yet, so that reconciliation asks Microsoft about it. */
export async function recordOpen(
  trx: Trx,
  operation: Pick<MarketplaceOperation, 'id' | 'subscriptionId' | 'action'>,
): Promise<void> {
  const { id: operationId, subscriptionId, action } = operation;
  await trx
    .insertInto('operations')
    .values(blank({ subscriptionId, operationId }, action))
    .onConflict((conflict) => conflict.columns(['subscriptionId', 'operationId']).doNothing())
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
  const ended = { outcome, settledAt: at, effectiveAt: effectiveAt ?? null };
  const { toPlanId, toQuantity } = targetOf(settled.action, target);
  const row = await trx
    .insertInto('operations')
    .values({
      ...blank(key, settled.action),
      ...ended,
      origin,
      toPlanId,
      toQuantity,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['subscriptionId', 'operationId'])
        .doUpdateSet((was) => ({
          ...ended,
          origin: was.fn.coalesce('operations.origin', sql<ChangeOrigin>`${origin}`),
          toPlanId: was.fn.coalesce('operations.toPlanId', sql<string | null>`${toPlanId}`),
          toQuantity: was.fn.coalesce(
            'operations.toQuantity',
            sql<number | null>`${toQuantity}::integer`,
          ),
        }))
        .where('operations.outcome', 'is', null),
    )
    .returning('operationId')
    .executeTakeFirst();
  return row !== undefined;
}

/** Only the requested plan or seats: operations also name the current value of the other one. */
export function targetOf(
  action: string,
  target: { readonly planId?: string | undefined; readonly quantity: number | null },
): { readonly toPlanId: string | null; readonly toQuantity: number | null } {
  return {
    toPlanId: action === 'ChangePlan' ? (target.planId ?? null) : null,
    toQuantity: action === 'ChangeQuantity' ? target.quantity : null,
  };
}

/** A row without any decision or outcome. */
function blank({ subscriptionId, operationId }: OperationKey, action: string) {
  return {
    subscriptionId,
    operationId,
    action,
    decision: null,
    reason: null,
    ruleId: null,
    decidedAt: null,
    deadlineAt: null,
    fromPlanId: null,
    fromQuantity: null,
    toPlanId: null,
    toQuantity: null,
    origin: null,
    message: null,
    askingUntil: null,
    answeredAt: null,
    outcome: null,
    settledAt: null,
    effectiveAt: null,
  };
}
