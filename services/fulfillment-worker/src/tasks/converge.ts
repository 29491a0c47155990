import { DONE, type TaskHandler } from '../lanes/task.ts';
import { observeSubscription } from '../observe-subscription.ts';
import type { TaskDeps } from './deps.ts';
import { endSearches } from './look-again.ts';
import { taskRun } from './task-run.ts';

/**
 * Heals a difference that reconciliation has found. The list it was found in may be old by now, so the
 * subscription is read again; while customers wait for Microsoft's API, this does not stand in line.
 */
export function convergeTask(deps: TaskDeps): TaskHandler {
  return async (task, write) => {
    const { subscriptionId, correlationId } = task;
    const context = { cause: 'reconcile', correlationId } as const;
    const call = { priority: 'background' } as const;
    const { state } = await observeSubscription(deps, subscriptionId, context, { write, call });
    if (state) await endSearches(deps, taskRun(deps, { task, context, write }), state);
    return DONE;
  };
}
