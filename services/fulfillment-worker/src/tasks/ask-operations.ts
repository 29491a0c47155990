import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { addTask, operationsInWork } from '../store/tasks.ts';
import { DONE } from '../lanes/task.ts';
import { addFindings } from '../store/run-progress.ts';
import { noteAsked } from '../store/run-subscriptions.ts';
import { operationsOf } from '../store/operations.ts';
import { isOpen } from '../decisions/requested-change.ts';
import type { RunTask } from './task-run.ts';

/**
 * Looks for operations that wait for us although nobody has told us, and for those of ours whose end
 * nobody has. Each is then treated as if its notification had come; one that is in work already, or
 * has its outcome, is left alone.
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
      const isKnown = new Set(known.map(({ operation_id }) => operation_id));
      const untold = listed
        .filter((operation) => isOpen(operation) && !isKnown.has(operation.id))
        .map(({ id, action }) => ({ id, action }));
      const unsettled = known
        .filter(({ outcome }) => outcome === null)
        .map(({ operation_id: id, action }) => ({ id, action }));
      const inWork = await operationsInWork(trx, subscriptionId);
      for (const { id: operationId, action } of [...untold, ...unsettled]) {
        if (inWork.has(operationId)) continue;
        await addTask(trx, {
          subscriptionId,
          kind: 'notification',
          payload: { operationId, action },
          correlationId,
          dedupeKey: `asked:${correlationId}:${operationId}`,
        });
      }
      const findings = untold
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
