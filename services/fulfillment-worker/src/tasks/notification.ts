import { knownAction } from '@landfall/domain/operation';
import { DONE, type TaskHandler, type TaskOutcome } from '../lanes/task.ts';
import { observeSubscription } from '../observe-subscription.ts';
import { keepShown, type Expectation } from '../store/expectations.ts';
import type { Context } from '../store/timeline.ts';
import { awaitEffect } from './await-effect.ts';
import { carryOut, noteUnknownAction } from './carry-out.ts';
import { confirmOperation, noticeOf, type Confirmation, type Notice } from './confirm-operation.ts';
import type { TaskDeps } from './deps.ts';
import { taskRun, type TaskRun } from './task-run.ts';

/**
 * Acts upon a genuine notification. It is only a hint: the operation at Microsoft must agree with it,
 * plan and seats are taken from there, and the values in force are read from the subscription. Every hint
 * ends in a reading, which is repeated until the record shows the change or an alert is raised. An operation
 * has one outcome, no matter how often its notification is delivered.
 */
export function notificationTask(deps: TaskDeps): TaskHandler {
  return async (task, write) => {
    const notice = noticeOf(task);
    const found = await confirmOperation(deps, notice);
    const run = taskRun(deps, { task, write, context: contextOf(notice, found) });
    switch (found.kind) {
      case 'settled':
        return DONE;
      case 'foreign':
        return await leaveForeign(deps, run, { notice, publisherId: found.publisherId });
      case 'forbidden':
        return await leaveForbidden(deps, run, notice);
      case 'contradicted':
        return await leaveContradicted(deps, run, found);
      case 'unconfirmed':
        return await readUnconfirmed(deps, run, notice);
      case 'confirmed':
        return await carryOut(deps, run, { notice, operation: found.operation });
      default:
        return found satisfies never;
    }
  };
}

function contextOf(notice: Notice, found: Confirmation): Context {
  const { correlationId, action } = notice;
  const operationId = 'operation' in found ? found.operation.id : notice.operationId;
  return { cause: 'notification', correlationId, operationId, action };
}

/** One publisher's webhook was called for another one's subscription: nothing is read. */
async function leaveForeign(
  deps: TaskDeps,
  run: TaskRun,
  { notice, publisherId }: { readonly notice: Notice; readonly publisherId: string },
): Promise<TaskOutcome> {
  const { subscriptionId, operationId, action } = notice;
  deps.log.warn(
    { security: true, subscriptionId, operationId, action, publisherId },
    "a notification names another publisher's subscription; nothing was done",
  );
  // Whose webhook it was is for the log: keys of the subscription's publisher read the timeline.
  await run.note('publisherContradicted', { action });
  return DONE;
}

async function leaveForbidden(deps: TaskDeps, run: TaskRun, notice: Notice): Promise<TaskOutcome> {
  const { subscriptionId, operationId, action } = notice;
  deps.log.warn(
    { security: true, subscriptionId, operationId, action },
    "a notification is about no subscription of the publisher's; nothing was done",
  );
  await run.note('operationUnconfirmed', { action, reason: 'forbidden' });
  return DONE;
}

/** None of its claims are applied, but reading Microsoft's record is safe. */
async function leaveContradicted(
  deps: TaskDeps,
  run: TaskRun,
  { operation, disagrees }: Extract<Confirmation, { kind: 'contradicted' }>,
): Promise<TaskOutcome> {
  const { context, write, task } = run;
  const { subscriptionId } = task;
  deps.log.warn(
    { security: true, subscriptionId, operationId: operation.id, disagrees },
    'a notification contradicts its operation; nothing was done',
  );
  await observeSubscription(deps, subscriptionId, context, { write });
  await run.note('operationContradicted', { disagrees });
  return DONE;
}

/** No decision and no answer: only the record counts. */
async function readUnconfirmed(deps: TaskDeps, run: TaskRun, notice: Notice): Promise<TaskOutcome> {
  const { task, context, write } = run;
  const { subscriptionId } = notice;
  const reading = { write, isMissingDoubted: true };
  const observation = await observeSubscription(deps, subscriptionId, context, reading);
  const told = hinted(notice, run);
  const effect = await awaitEffect(deps, run, { told, observation, isConfirmed: false });
  if (effect !== 'shown') return effect === 'missing' ? DONE : effect;
  await write((trx) => keepShown(trx, told, task.id));
  await noteUnknownAction(deps, run, notice);
  return DONE;
}

/** The change to look for, as the notification claims it. The claim never becomes part of our record. */
function hinted(notice: Notice, { task }: TaskRun): Expectation {
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
    toldAt: at,
    since: at,
  };
}
