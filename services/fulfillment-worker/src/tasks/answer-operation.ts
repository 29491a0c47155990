import { isFault } from '@landfall/domain/fault';
import type { PolicyDecision } from '@landfall/domain/policy';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import type { TaskRun } from './task-run.ts';
import { refusalOf } from '../marketplace-refusal.ts';
import { findOperation, recordAnswered } from '../store/operations.ts';
import { originOf } from '../decisions/operation-origin.ts';

/** An accepted answer without visible effect is repeated after this long. */
const ANSWER_AGAIN_MS = 30_000;

/**
 * Sends our answer to an open operation to Microsoft and returns the operation afterwards. A refused answer
 * is not a fault: another answer or the ten-second limit was faster, and Microsoft's record is adopted. An
 * answer to a change of our own may fail, because none is needed.
 */
export type AnswerOperation = (
  run: TaskRun,
  operation: MarketplaceOperation,
  decision: PolicyDecision | undefined,
) => Promise<MarketplaceOperation>;

interface AnswerDeps {
  readonly db: Db;
  readonly fulfillment: Pick<Fulfillment, 'getOperation' | 'updateOperation'>;
  readonly log: Logger;
  readonly now: () => Date;
}

export function createAnswerOperation({ db, fulfillment, log, now }: AnswerDeps): AnswerOperation {
  return async ({ context, write }, operation, decision) => {
    const { subscriptionId, id: operationId } = operation;
    const key = { subscriptionId, operationId };
    const row = await findOperation(db.kysely, key);
    const answeredMs = row?.answeredAt?.getTime() ?? Number.NEGATIVE_INFINITY;
    const call = { correlationId: context.correlationId };
    if (Math.abs(now().getTime() - answeredMs) > ANSWER_AGAIN_MS) {
      const status = decision?.answer === 'refuse' ? 'Failure' : 'Success';
      try {
        const code = await refusalOf(
          fulfillment.updateOperation(subscriptionId, operationId, status, call),
        );
        if (code) log.info({ ...key, code, status }, 'Microsoft refused an answer');
      } catch (error: unknown) {
        if (!isFault(error) || !(await mayStayUnanswered(db.kysely, operation, error.code)))
          throw error;
        log.info({ ...key, code: error.code }, 'Microsoft refused an answer that it does not need');
      }
      const { action } = operation;
      await write((trx) => recordAnswered(trx, key, { action, at: now() }));
    }
    return (await fulfillment.getOperation(subscriptionId, operationId, call)) ?? operation;
  };
}

/** Microsoft responds with 500 if we answer an operation that our own API call started. Reinstate needs no answer. */
async function mayStayUnanswered(
  db: Db['kysely'],
  operation: MarketplaceOperation,
  code: string,
): Promise<boolean> {
  if (code !== 'marketplace.unavailable') return false;
  if (operation.action === 'Reinstate') return true;
  return (await originOf(db, operation)) !== 'marketplace';
}
