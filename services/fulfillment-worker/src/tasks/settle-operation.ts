import type { PolicyDecision } from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Logger } from '@landfall/service-kit/log';
import type { Trx } from '../db/schema.ts';
import { enqueueFact } from '../facts.ts';
import { addTask } from '../store/tasks.ts';
import { settleOperation } from '../store/operations.ts';
import { readPolicy } from '../store/policy.ts';
import { findSubscription, lockSubscription } from '../store/subscriptions.ts';
import { addToTimeline, type Context } from '../store/timeline.ts';
import { originOf } from '../decisions/operation-origin.ts';

interface Settled {
  readonly operation: MarketplaceOperation;
  readonly decision: PolicyDecision | undefined;
  readonly context: Context;
  /** The record does not show the change yet, so nothing is changed back. */
  readonly isEffectMissing?: boolean;
  readonly effectiveAt?: Date | undefined;
}

/**
 * Records the outcome of an operation, once. A refused change that Microsoft rolled back is published as a
 * fact. A refused change that Microsoft carried out is adopted, logged and, if the policy says so, changed
 * back.
 */
export type SettleOperation = (trx: Trx, settled: Settled) => Promise<void>;

export function createSettleOperation({
  log,
  now,
}: {
  readonly log: Logger;
  readonly now: () => Date;
}): SettleOperation {
  return async (trx, settled) => {
    const { operation, decision, context, effectiveAt } = settled;
    const { id: operationId, subscriptionId, action } = operation;
    const at = now();
    const key = { subscriptionId, operationId };
    const outcome = outcomeOf(operation, decision);
    const origin = await originOf(trx, operation);
    const target = { planId: operation.planId, quantity: operation.quantity };
    const ended = { action, outcome, origin, target, at, effectiveAt };
    if (!(await settleOperation(trx, key, ended))) return;
    if (decision?.answer !== 'refuse') return;
    const { reason, message } = decision;
    if (outcome === 'overruled') {
      log.warn({ ...key, reason }, 'Microsoft carried out a change that we refused');
      const details = { action, reason, ...target };
      await addToTimeline(trx, { subscriptionId, kind: 'refusalOverruled', at, details }, context);
      if (!settled.isEffectMissing) await scheduleCompensation(trx, operation, context);
      return;
    }
    if (outcome !== 'refused') return;
    const known = await lockSubscription(trx, subscriptionId);
    if (!known) return;
    const { state, version } = known;
    const from = action === 'ChangePlan' ? state.planId : state.quantity;
    const details = { action, change: action, origin, reason, message, from, ...target };
    await addToTimeline(trx, { subscriptionId, kind: 'changeRefused', at, details }, context);
    const refused = { action, origin, ...changeTarget(operation) };
    const fact = { kind: 'changeRefused', state, version, at, reason, refused } as const;
    await enqueueFact(trx, { ...fact, cause: operationId }, context);
  };
}

/** If the policy says so, a change that we refused without effect is changed back, once. */
export async function scheduleCompensation(
  trx: Trx,
  refused: Pick<MarketplaceOperation, 'id' | 'subscriptionId' | 'planId' | 'quantity'>,
  { correlationId }: Pick<Context, 'correlationId'>,
): Promise<void> {
  const { id: operationId, subscriptionId, planId, quantity } = refused;
  const publisherId = (await findSubscription(trx, subscriptionId))?.state.publisherId;
  if (!(await readPolicy(trx, publisherId)).compensateLateRefusals) return;
  await addTask(trx, {
    subscriptionId,
    kind: 'compensate',
    payload: { operationId, planId, quantity },
    correlationId,
    dedupeKey: `compensate:${operationId}`,
  });
}

/** `unsettled`: the operation needs no answer, and Microsoft still showed it in progress at the last look. */
function outcomeOf(
  operation: MarketplaceOperation,
  decision: PolicyDecision | undefined,
): 'refused' | 'overruled' | 'failed' | 'succeeded' | 'unsettled' {
  const isRefused = decision?.answer === 'refuse';
  switch (operation.status) {
    case 'Succeeded':
      return isRefused ? 'overruled' : 'succeeded';
    case 'Failed':
    case 'Conflict':
      return isRefused ? 'refused' : 'failed';
    default:
      return 'unsettled';
  }
}

/** Only the requested plan or seats: operations also name the current value of the other one. */
function changeTarget({ action, planId, quantity }: MarketplaceOperation) {
  if (action === 'ChangePlan') return { planId };
  return { quantity: quantity ?? undefined };
}
