import { z } from 'zod';
import { effectOf } from '@landfall/domain/told';
import type { Subscription } from '@landfall/domain/subscription';
import { stepOf } from '../lanes/back-off.ts';
import { retryIn, DONE, type TaskHandler } from '../lanes/task.ts';
import { observeSubscription } from '../observe-subscription.ts';
import { markShown, missingOf, settledOtherwise, type Expectation } from '../store/expectations.ts';
import { findOperation } from '../store/operations.ts';
import { addToTimeline } from '../store/timeline.ts';
import { LATE_LOOKS_MS } from './await-effect.ts';
import type { TaskDeps } from './deps.ts';
import { scheduleCompensation } from './settle-operation.ts';
import { taskRun, type TaskRun } from './task-run.ts';

const payloadSchema = z.object({
  /** The change to look for; absent: the record is only read once more. */
  key: z.string().optional(),
});

/** Reads a record once more, in the background, and ends the search for changes that it now shows. */
export function lookAgainTask(deps: TaskDeps): TaskHandler {
  return async (task, write) => {
    const { key } = payloadSchema.parse(task.payload);
    const { subscriptionId, correlationId } = task;
    const context = { cause: 'worker', correlationId } as const;
    const run = taskRun(deps, { task, context, write });
    const call = { priority: 'background' } as const;
    const { state } = await observeSubscription(deps, subscriptionId, context, { write, call });
    if (state) await endSearches(deps, run, state);
    if (key === undefined) return DONE;
    const left = await missingOf(deps.db.kysely, subscriptionId);
    const isMissing = left.some((told) => told.key === key);
    const hasNext = task.polls + 1 < LATE_LOOKS_MS.length;
    return isMissing && hasNext ? retryIn(stepOf(LATE_LOOKS_MS, task.polls + 1)) : DONE;
  };
}

/** Ends the search for every change that a reading shows, and records that on the timeline. */
export async function endSearches(
  deps: TaskDeps,
  run: TaskRun,
  state: Subscription,
): Promise<void> {
  const { correlationId } = run.task;
  for (const told of await missingOf(deps.db.kysely, state.id)) {
    const isOver =
      effectOf(told, state) === 'shown' ||
      (await settledOtherwise(deps.db.kysely, told, correlationId)) !== undefined;
    if (isOver) await endSearch(deps, run, told);
  }
}

async function endSearch(deps: TaskDeps, run: TaskRun, told: Expectation): Promise<void> {
  const { subscriptionId, operationId, action, planId, quantity = null } = told;
  const context = { ...run.context, operationId };
  await run.write(async (trx) => {
    if (!(await markShown(trx, told))) return;
    const entry = { subscriptionId, kind: 'effectSeen', at: deps.now(), details: { action } };
    await addToTimeline(trx, entry, context);
    if (operationId === undefined) return;
    const row = await findOperation(trx, { subscriptionId, operationId });
    if (row?.outcome !== 'overruled') return;
    const refused = { id: operationId, subscriptionId, planId, quantity };
    await scheduleCompensation(trx, refused, context);
  });
}
