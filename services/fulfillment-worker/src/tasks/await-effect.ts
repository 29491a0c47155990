import { Fault } from '@landfall/domain/fault';
import { knownAction } from '@landfall/domain/operation';
import { isTerminal } from '@landfall/domain/subscription';
import { effectOf } from '@landfall/domain/told';
import { isGuid } from '@landfall/marketplace/ids';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Trx } from '../db/schema.ts';
import { stepOf } from '@landfall/domain/back-off';
import { addTask } from '../store/tasks.ts';
import { retryIn, DONE, type TaskOutcome } from '../lanes/task.ts';
import type { Observation } from '../observe-subscription.ts';
import {
  countLook,
  hasCloseNeighbour,
  markMissing,
  markShown,
  settledOtherwise,
  wasGivenUp,
  type Expectation,
} from '../store/expectations.ts';
import { addToTimeline } from '../store/timeline.ts';
import type { Observe, TaskRun } from './task-run.ts';

/**
 * Pauses between readings of a record that does not show an effect yet. Most records lag by milliseconds, some
 * by seconds. In total about a minute, then an alert is raised.
 */
const EFFECT_SCHEDULE_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000];

/**
 * Pauses between looks for a subscription that is unknown here and at Microsoft. A purchase that activates
 * itself is notified before it can be read. In total about nine minutes, then the task is parked.
 */
const UNKNOWN_SCHEDULE_MS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000];

/** After an effect was seen late, the record is read once more. */
const CLOSING_LOOK_MS = 30_000;

/** Pauses after the alert: most late effects show within an hour. */
export const LATE_LOOKS_MS = [120_000, 300_000, 900_000, 3_600_000];

/** A change was notified and the record was read. */
export interface Awaited {
  readonly expected: Expectation;
  readonly observation: Observation;
  /** Microsoft's operation agrees with the notification. */
  readonly isConfirmed: boolean;
}

/**
 * Whether the record shows a notified change. `shown`: it does, or a later change has overtaken it.
 * `missing`: it did not after the last reading. This is now on the timeline, counted, and checked again later.
 * Otherwise: how the task continues. If the first reading shows the change, this costs queries but no call to Microsoft.
 */
export type AwaitEffect = (
  run: TaskRun,
  awaited: Awaited,
) => Promise<'shown' | 'missing' | TaskOutcome>;

export function createAwaitEffect({
  db,
  observe,
  log,
  now,
}: {
  readonly db: Db;
  readonly observe: Observe;
  readonly log: Logger;
  readonly now: () => Date;
}): AwaitEffect {
  return async (run, awaited) => {
    const { task, write } = run;
    const { expected, observation } = awaited;
    if (observation.kind === 'missing' && !observation.state) return lookForUnknown(run);
    const effect = observation.kind === 'missing' ? 'missing' : effectIn(expected, observation);
    const by =
      effect === 'shown'
        ? 'recorded'
        : await settledOtherwise(db.kysely, expected, task.correlationId);
    if (by !== undefined) {
      const isDoubtful = by === 'presumed' || (await mayBeOlder(db.kysely, run, awaited));
      // No task has waited for an effect that the first run of its own task has found.
      const mayBeAwaited = by === 'presumed' || task.polls > 0;
      if (!isDoubtful && !mayBeAwaited) return 'shown';
      await write(async (trx) => {
        const wasAwaited = mayBeAwaited && (await markShown(trx, expected));
        if (wasAwaited || isDoubtful) await scheduleClosingLook(trx, run, expected.key);
      });
      return 'shown';
    }
    if (!knownAction(expected.action)) {
      await write((trx) => scheduleClosingLook(trx, run, expected.key));
      return 'shown';
    }
    const looks = await write((trx) => countLook(trx, expected, task.id));
    if (looks === undefined) {
      // This task itself may have given up, in a process that ended right afterwards.
      return (await wasGivenUp(db.kysely, expected, task.id)) ? 'missing' : DONE;
    }
    if (looks <= EFFECT_SCHEDULE_MS.length) return retryIn(stepOf(EFFECT_SCHEDULE_MS, looks - 1));
    if (observation.kind === 'missing') await observe(run);
    await giveUp(log, now(), run, awaited);
    return 'missing';
  };
}

/**
 * Whether a record that shows what was notified may be older than the notified change. That is possible if the reading
 * found nothing new (a suspension and its end may both be notified before either can be read), or if the record may
 * show another change of the same kind, such as an earlier renewal.
 */
async function mayBeOlder(
  db: Db['kysely'],
  { task }: TaskRun,
  { expected, observation }: Awaited,
): Promise<boolean> {
  if (observation.kind !== 'seen' || isTerminal(observation.state)) return false;
  if (await hasCloseNeighbour(db, expected)) return true;
  if (observation.events > 0) return false;
  return (await settledOtherwise(db, expected, task.correlationId)) !== 'recorded';
}

function effectIn(expected: Expectation, { state }: Observation) {
  return state ? effectOf(expected, state) : 'missing';
}

/** Parks the task at the end: it is listed with its reason, counted, and can be run again by hand. */
function lookForUnknown({ task }: TaskRun): TaskOutcome {
  const pause = UNKNOWN_SCHEDULE_MS[task.polls];
  if (pause !== undefined && isGuid(task.subscriptionId)) return retryIn(pause);
  const text = 'a notification is about a subscription that neither we nor Microsoft know';
  throw new Fault('subscription.unknown', text, { retry: 'never' });
}

/**
 * One more reading, because a lagging record may have shown an earlier state: a plan that was changed and
 * changed back looks the same before and after.
 */
export async function scheduleClosingLook(trx: Trx, run: TaskRun, key: string): Promise<void> {
  const { subscriptionId, correlationId } = run.task;
  await addTask(trx, {
    subscriptionId,
    kind: 'lookAgain',
    payload: {},
    correlationId,
    dedupeKey: `closingLook:${subscriptionId}:${key}`,
    delayMs: CLOSING_LOOK_MS,
  });
}

async function giveUp(
  log: Logger,
  at: Date,
  { task, context, write }: TaskRun,
  { expected, isConfirmed }: Awaited,
): Promise<void> {
  const { subscriptionId, key, operationId, action, planId, quantity } = expected;
  const kind = isConfirmed ? 'effectMissing' : 'operationUnconfirmed';
  const details = { action, planId, quantity, ...(action === 'Renew' && TERM_UNCHANGED) };
  log.warn(
    { security: !isConfirmed, subscriptionId, operationId, action },
    isConfirmed
      ? "Microsoft's record does not show a change that Microsoft has confirmed"
      : 'Microsoft did not confirm a notification, and its record does not show the change',
  );
  await write(async (trx) => {
    await markMissing(trx, expected, at);
    await addToTimeline(trx, { subscriptionId, kind, at, details }, context);
    await addTask(trx, {
      subscriptionId,
      kind: 'lookAgain',
      payload: { key },
      correlationId: task.correlationId,
      dedupeKey: `lookAgain:${subscriptionId}:${key}`,
      delayMs: stepOf(LATE_LOOKS_MS, 0),
    });
  });
}

const TERM_UNCHANGED = { reason: 'renewal notified, term unchanged' };
