import { knownAction } from '@landfall/domain/operation';
import type { Logger } from '@landfall/service-kit/log';
import { DONE, type TaskOutcome } from '../lanes/task.ts';
import { keepShown, type Expectation } from '../store/expectations.ts';
import type { Task } from '../store/tasks.ts';
import type { AwaitEffect } from './await-effect.ts';
import { noteUnknownAction, type Notice } from './notice.ts';
import type { Observe, TaskRun } from './task-run.ts';

/**
 * Looks in the record for the change that an unconfirmed notification claims. Nothing is decided and nothing
 * is answered: only the record counts.
 */
export type AwaitHint = (run: TaskRun, notice: Notice) => Promise<TaskOutcome>;

export function createAwaitHint({
  observe,
  awaitEffect,
  log,
}: {
  readonly observe: Observe;
  readonly awaitEffect: AwaitEffect;
  readonly log: Logger;
}): AwaitHint {
  return async (run, notice) => {
    const observation = await observe(run, { isMissingDoubted: true });
    const expected = hinted(notice, run.task);
    const effect = await awaitEffect(run, { expected, observation, isConfirmed: false });
    if (effect !== 'shown') return effect === 'missing' ? DONE : effect;
    await run.write((trx) => keepShown(trx, expected, run.task.id));
    await noteUnknownAction(log, run, notice);
    return DONE;
  };
}

/** The change to look for, as the notification claims it. The claim never becomes part of our record. */
function hinted(notice: Notice, task: Task): Expectation {
  const { subscriptionId, operationId, action, planId, quantity, receivedAt } = notice;
  const at = receivedAt ?? task.createdAt;
  const known = knownAction(action);
  return {
    subscriptionId,
    key: operationId ?? `task:${task.id}`,
    operationId,
    action: known ?? action,
    planId: known === 'ChangePlan' ? planId : undefined,
    quantity: known === 'ChangeQuantity' ? (quantity ?? undefined) : undefined,
    notifiedAt: at,
    since: at,
  };
}
