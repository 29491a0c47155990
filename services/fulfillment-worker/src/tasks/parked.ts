import type { Logger } from '@landfall/service-kit/log';
import { findChange } from '../store/changes.ts';
import { addToTimeline, type Context } from '../store/timeline.ts';
import { setAgain } from '../store/timers.ts';
import type { Task } from '../store/tasks.ts';
import type { Trx } from '../db/schema.ts';
import { recordActivation } from './activate.ts';
import { changePayload } from './change-effect.ts';
import { recordChangeEnd } from './end-change.ts';
import { timerPayload } from './timer.ts';

/** Timers concern days, so a parked one is tried again the next day. */
const TIMER_PAUSE_MS = 24 * 60 * 60 * 1000;

/**
 * Records that a task was parked. Its change or activation ends as failed, because an open one would block
 * every later one. If Microsoft carries it out after all, that is recorded when it is seen.
 */
export async function recordParked(
  deps: { readonly now: () => Date; readonly log: Logger },
  trx: Trx,
  parked: { readonly task: Task; readonly reason: string },
): Promise<void> {
  const { task, reason } = parked;
  const { subscriptionId, correlationId } = task;
  const context: Context = { cause: 'worker', correlationId };
  const at = deps.now();
  const details = { task: task.kind, reason };
  await addToTimeline(trx, { subscriptionId, kind: 'taskParked', at, details }, context);
  switch (task.kind) {
    case 'submitChange':
    case 'followChange': {
      const payload = changePayload.safeParse(task.payload);
      const change = payload.success ? await findChange(trx, payload.data.changeId) : undefined;
      if (change) await recordChangeEnd(deps.log, trx, { change, failure: reason, at }, context);
      return;
    }
    case 'activate':
    case 'confirmActivation':
      await recordActivation(trx, task, { type: 'failActivation', failure: reason }, at);
      return;
    case 'timer': {
      const payload = timerPayload.safeParse(task.payload);
      if (payload.success)
        await setAgain(trx, payload.data.timerId, { at, pauseMs: TIMER_PAUSE_MS });
      return;
    }
    default:
  }
}
