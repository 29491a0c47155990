import type { PolicyDecision } from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import { isFault } from '@landfall/domain/fault';
import type { Transact } from '../db/schema.ts';
import { refusalOf } from '../marketplace-refusal.ts';
import { findOperation, recordAnswered } from '../store/operations.ts';
import type { Context } from '../store/timeline.ts';
import type { TaskDeps } from './deps.ts';
import { originOf } from '../decisions/operation-origin.ts';

/** An answer that Microsoft took and that shows no effect is given again after this long. */
const ANSWER_AGAIN_MS = 30_000;

/**
 * Tells Microsoft our answer to an open operation and returns the operation as it is afterwards. A
 * refused answer is no trouble of ours: somebody or the ten seconds were faster, and what Microsoft's
 * record says is adopted. An answer to a change of our own may fail, it needs none.
 */
export async function answerOperation(
  deps: TaskDeps,
  operation: MarketplaceOperation,
  answer: {
    readonly decision: PolicyDecision | undefined;
    readonly context: Context;
    readonly write: Transact;
  },
): Promise<MarketplaceOperation> {
  const { context, write } = answer;
  const { subscriptionId, id: operationId } = operation;
  const key = { subscriptionId, operationId };
  const row = await findOperation(deps.db.kysely, key);
  const answeredMs = row?.answered_at?.getTime() ?? Number.NEGATIVE_INFINITY;
  const call = { correlationId: context.correlationId };
  if (deps.now().getTime() - answeredMs > ANSWER_AGAIN_MS) {
    const status = answer.decision?.answer === 'refuse' ? 'Failure' : 'Success';
    try {
      const code = await refusalOf(
        deps.fulfillment.updateOperation(subscriptionId, operationId, status, call),
      );
      if (code) deps.log.info({ ...key, code, status }, 'Microsoft did not take an answer');
    } catch (error: unknown) {
      if (!isFault(error) || !(await mayStayUnanswered(deps, operation, error.code))) throw error;
      deps.log.info({ ...key, code: error.code }, 'an answer that is not needed was not taken');
    }
    const { action } = operation;
    await write((trx) => recordAnswered(trx, key, { action, at: deps.now() }));
  }
  return (await deps.fulfillment.getOperation(subscriptionId, operationId, call)) ?? operation;
}

/** Microsoft responds with 500 if we answer an operation that our own API call started. Reinstate needs no answer. */
async function mayStayUnanswered(
  deps: TaskDeps,
  operation: MarketplaceOperation,
  code: string,
): Promise<boolean> {
  if (code !== 'marketplace.unavailable') return false;
  if (operation.action === 'Reinstate') return true;
  return (await originOf(deps.db.kysely, operation)) !== 'marketplace';
}
