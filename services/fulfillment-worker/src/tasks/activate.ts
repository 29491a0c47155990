import { decide, type SubscriptionCommand } from '@landfall/domain/decide';
import { isPending } from '@landfall/domain/subscription';
import { stepOf } from '@landfall/domain/back-off';
import { retryIn, DONE, type TaskOutcome } from '../lanes/task.ts';
import { addTask, removeTask, type Task } from '../store/tasks.ts';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { Logger } from '@landfall/service-kit/log';
import type { Trx } from '../db/schema.ts';
import { refusalOf } from '../marketplace-refusal.ts';
import { recordEvents } from '../record-events.ts';
import { lockSubscription } from '../store/subscriptions.ts';
import type { Context } from '../store/timeline.ts';
import type { Observe, RunTask, TaskRun } from './task-run.ts';

/**
 * A refused Activate may mean that an earlier one is still processed, or that the record lags behind one that
 * succeeded. After a minute it means no.
 */
const REFUSED_SCHEDULE_MS = [2_000, 5_000, 10_000, 15_000, 30_000];

/** A purchase that cannot be read yet is not a failure. After a minute it is. */
const MISSING_SCHEDULE_MS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000];

/**
 * When to check whether an activation is confirmed. Microsoft speaks of minutes, but a buyer watches the page
 * for the first ones. About a quarter of an hour in total; then reconciliation takes over.
 */
const CONFIRM_SCHEDULE_MS = [
  1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 120_000, 120_000, 120_000, 120_000, 120_000,
  120_000,
];

/**
 * Asks Microsoft to activate. It reads first, because auto-activation or an earlier attempt may have
 * succeeded. Billing starts with this call, so it is made only for a pending subscription whose activation
 * was requested.
 */
export function activateTask({
  fulfillment,
  observe,
  log,
  now,
}: {
  readonly fulfillment: Pick<Fulfillment, 'activate'>;
  readonly observe: Observe;
  readonly log: Logger;
  readonly now: () => Date;
}): RunTask {
  return async (run) => {
    const { task, write } = run;
    const { subscriptionId } = task;
    const missingPause = MISSING_SCHEDULE_MS[task.polls];
    const seen = await observe(run, { isMissingDoubted: missingPause !== undefined });
    if (seen.kind === 'missing') {
      if (missingPause !== undefined) return retryIn(missingPause);
      return await apply(now(), run, { type: 'failActivation', failure: 'not-found' });
    }
    const { state } = seen;
    if (!isPending(state)) return DONE;
    if (state.activation.state !== 'requested') return DONE;

    const { planId, quantity } = state;
    // Stored before the call. If it already exists, an earlier call may still be processed.
    const isFirst = await write((trx) => scheduleConfirmation(trx, task));
    const call = { correlationId: task.correlationId };
    const refusal = await refusalOf(
      fulfillment.activate({ subscriptionId, planId, quantity }, call),
    );
    if (refusal === undefined || !isFirst) {
      return await apply(now(), run, { type: 'recordActivationSent' });
    }
    log.warn({ subscriptionId, code: refusal }, 'Microsoft refused an activation');
    const isLast = task.polls >= REFUSED_SCHEDULE_MS.length;
    await write((trx) => removeTask(trx, confirmationKey(task)));
    if (!isLast) return retryIn(stepOf(REFUSED_SCHEDULE_MS, task.polls));
    return await apply(now(), run, { type: 'failActivation', failure: 'refused' });
  };
}

/** Reads until the subscription is Subscribed or has ended. Giving up is logged and recorded. */
export function confirmActivationTask({
  observe,
  log,
  now,
}: {
  readonly observe: Observe;
  readonly log: Logger;
  readonly now: () => Date;
}): RunTask {
  return async (run) => {
    const { task } = run;
    const seen = await observe(run, { isMissingDoubted: true });
    const activation = seen.state?.activation.state;
    const isUnderway = activation === 'requested' || activation === 'confirming';
    if (seen.kind === 'seen' && !(isPending(seen.state) && isUnderway)) return DONE;
    const poll = task.polls + 1;
    // While activation is still requested, the task that requests it decides when to give up.
    if (poll < CONFIRM_SCHEDULE_MS.length || activation === 'requested') {
      return retryIn(stepOf(CONFIRM_SCHEDULE_MS, poll));
    }
    log.error({ subscriptionId: task.subscriptionId }, 'an activation was not confirmed');
    return await apply(now(), run, { type: 'failActivation', failure: 'not-confirmed' });
  };
}

async function apply(
  at: Date,
  { task, write }: TaskRun,
  command: SubscriptionCommand,
): Promise<TaskOutcome> {
  await write((trx) => recordActivation(trx, task, command, at));
  return DONE;
}

/** Records the result of an activation. Does nothing if the activation is over. */
export async function recordActivation(
  trx: Trx,
  task: Task,
  command: SubscriptionCommand,
  at: Date,
): Promise<void> {
  const known = await lockSubscription(trx, task.subscriptionId);
  if (!known) return;
  const decision = decide(known.state, command, at);
  const events = 'events' in decision ? decision.events : [];
  await recordEvents(trx, { before: known, events, at }, contextOf(task));
}

/** False if it is already scheduled. */
async function scheduleConfirmation(trx: Trx, task: Task): Promise<boolean> {
  return await addTask(trx, {
    subscriptionId: task.subscriptionId,
    kind: 'confirmActivation',
    payload: {},
    correlationId: task.correlationId,
    dedupeKey: confirmationKey(task),
    delayMs: stepOf(CONFIRM_SCHEDULE_MS, 0),
  });
}

function confirmationKey(task: Task): string {
  return `confirmActivation:${task.id}`;
}

function contextOf(task: Task): Context {
  return { cause: 'worker', correlationId: task.correlationId };
}
