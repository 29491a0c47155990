import { z } from 'zod';
import type { Trx } from '../db/schema.ts';
import { DONE, type TaskHandler } from '../lanes/task.ts';
import type { Task } from '../store/tasks.ts';
import { observeSubscription } from '../observe-subscription.ts';
import { addFindings, markUnhealed } from '../store/run-progress.ts';
import type { TaskDeps } from './deps.ts';
import { endSearches } from './look-again.ts';
import { taskRun } from './task-run.ts';

const payload = z.object({ isListed: z.boolean().optional(), publisherId: z.string().optional() });

/** Why a listed subscription stays as different as it was, for people. */
const DETAILS = {
  foreign: "the record is another publisher's",
  'listed-only': 'Microsoft lists it, and does not know it when asked',
} as const;

/**
 * Heals a difference that reconciliation has found. The list it was found in may be old by now, so the
 * subscription is read again; while customers wait for Microsoft's API, this does not stand in line.
 */
export function convergeTask(deps: TaskDeps): TaskHandler {
  return async (task, write) => {
    const { subscriptionId, correlationId } = task;
    const context = { cause: 'reconcile', correlationId } as const;
    const call = { priority: 'background' } as const;
    const { isListed, publisherId } = payload.parse(task.payload);
    const seen = await observeSubscription(deps, subscriptionId, context, { write, call });
    if (seen.state) await endSearches(deps, taskRun(deps, { task, context, write }), seen.state);
    const isForeign = publisherId !== undefined && publisherId !== deps.publisherId;
    if (isForeign || (isListed && seen.kind === 'missing')) {
      await write((trx) => recordUnhealed(trx, task, isForeign ? 'foreign' : 'listed-only'));
    }
    return DONE;
  };
}

/** Done again after a crash, it is said once. */
async function recordUnhealed(
  trx: Trx,
  { id, subscriptionId, correlationId: runId }: Task,
  kind: keyof typeof DETAILS,
): Promise<void> {
  if (!(await markUnhealed(trx, id))) return;
  await addFindings(trx, runId, [{ subscriptionId, kind, detail: DETAILS[kind] }]);
}
