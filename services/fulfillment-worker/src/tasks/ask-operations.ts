import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { addTask, operationsInWork } from '../store/tasks.ts';
import { DONE } from '../lanes/task.ts';
import { addFindings } from '../store/run-progress.ts';
import { noteAsked } from '../store/run-subscriptions.ts';
import { operationsOf } from '../store/operations.ts';
import { isOpen } from '../decisions/requested-change.ts';
import type { RunTask } from './task-run.ts';

/**
 * Looks for open operations that were not notified, and for our known operations whose end was not. Each is
 * then handled as if its notification had arrived. Operations that have an open task or an outcome are
 * skipped.
 */
export function askOperationsTask({
  fulfillment,
}: {
  readonly fulfillment: Pick<Fulfillment, 'listOperations'>;
}): RunTask {
  return async ({ task, write }) => {
    const { subscriptionId, correlationId } = task;
    const call = { correlationId, priority: 'background' } as const;
    const listed = await fulfillment.listOperations(subscriptionId, call);
    await write(async (trx) => {
      const known = await operationsOf(trx, subscriptionId);
      const isKnown = new Set(known.map(({ operationId }) => operationId));
      const unnotified = listed
        .filter((operation) => isOpen(operation) && !isKnown.has(operation.id))
        .map(({ id, action }) => ({ id, action }));
      const unsettled = known
        .filter(({ outcome }) => outcome === null)
        .map(({ operationId: id, action }) => ({ id, action }));
      const inWork = await operationsInWork(trx, subscriptionId);
      for (const { id: operationId, action } of [...unnotified, ...unsettled]) {
        if (inWork.has(operationId)) continue;
        await addTask(trx, {
          subscriptionId,
          kind: 'notification',
          payload: { operationId, action },
          correlationId,
          dedupeKey: `asked:${correlationId}:${operationId}`,
        });
      }
      const findings = unnotified
        .filter(({ id }) => !inWork.has(id))
        .map(({ action }) => ({
          subscriptionId,
          kind: 'untold-operation',
          detail: action,
          cause: 'not-told',
        }));
      await addFindings(trx, correlationId, findings);
      await noteAsked(trx, subscriptionId);
    });
    return DONE;
  };
}
