import type { TaskHandlers } from '../lanes/task.ts';
import { activateTask, confirmActivationTask } from './activate.ts';
import { askOperationsTask } from './ask-operations.ts';
import { compensateTask } from './compensate.ts';
import { convergeTask } from './converge.ts';
import type { TaskDeps } from './deps.ts';
import { followChangeTask } from './follow-change.ts';
import { lookAgainTask } from './look-again.ts';
import { notificationTask } from './notification.ts';
import { submitChangeTask } from './submit-change.ts';
import { timerTask } from './timer.ts';

/** Every kind of task with what does it. */
export function taskHandlers(deps: TaskDeps): TaskHandlers {
  return {
    notification: notificationTask(deps),
    activate: activateTask(deps),
    confirmActivation: confirmActivationTask(deps),
    submitChange: submitChangeTask(deps),
    followChange: followChangeTask(deps),
    compensate: compensateTask(deps),
    converge: convergeTask(deps),
    askOperations: askOperationsTask(deps),
    timer: timerTask(deps),
    lookAgain: lookAgainTask(deps),
  };
}
