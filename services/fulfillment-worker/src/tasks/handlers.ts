import { operationDecisions } from '../decisions/decide-operation.ts';
import type { TaskHandler, TaskHandlers } from '../lanes/task.ts';
import { observeSubscription } from '../observe-subscription.ts';
import type { PublisherDeps } from '../publishers.ts';
import type { Cause } from '../store/timeline.ts';
import { createSettingsReader } from '../store/settings.ts';
import { createKnownOperations } from '../store/known-operations.ts';
import { activateTask, confirmActivationTask } from './activate.ts';
import { createAnswerOperation } from './answer-operation.ts';
import { askOperationsTask } from './ask-operations.ts';
import { createAwaitEffect, type AwaitEffect } from './await-effect.ts';
import { createAwaitHint } from './await-hint.ts';
import { createCarryOut } from './carry-out.ts';
import { compensateTask } from './compensate.ts';
import { createConfirmOperation } from './confirm-operation.ts';
import { convergeTask } from './converge.ts';
import { createDisregard } from './disregard-notice.ts';
import { createEndChange } from './end-change.ts';
import { createEndSearches } from './end-searches.ts';
import { followChangeTask } from './follow-change.ts';
import { lookAgainTask } from './look-again.ts';
import { notificationTask, type NotificationDeps } from './notification.ts';
import { createSettleOperation } from './settle-operation.ts';
import { submitChangeTask } from './submit-change.ts';
import { taskRun, type Observe, type RunTask } from './task-run.ts';
import { timerTask } from './timer.ts';

/** Every kind of task with its handler, all of them with one publisher's access to Microsoft. */
export function taskHandlers(deps: PublisherDeps): TaskHandlers {
  const { db, fulfillment, publisherId, log, now } = deps;
  const reader = { ...deps, settingsOf: createSettingsReader(db.kysely) };
  const observe: Observe = ({ task, context, write }, options) =>
    observeSubscription(reader, task.subscriptionId, context, { write, ...options });
  const awaitEffect = createAwaitEffect({ db, observe, log, now });
  const endChange = createEndChange({ log, now });
  const endSearches = createEndSearches({ db, now });

  const handler =
    (cause: Cause, work: RunTask): TaskHandler =>
    (task, write) => {
      const context = { cause, correlationId: task.correlationId };
      return work(taskRun(now, { task, context, write }));
    };
  return {
    notification: handler(
      'notification',
      notificationTask(ofNotification(deps, observe, awaitEffect)),
    ),
    activate: handler('worker', activateTask({ fulfillment, observe, log, now })),
    confirmActivation: handler('worker', confirmActivationTask({ observe, log, now })),
    submitChange: handler(
      'worker',
      submitChangeTask({ db, fulfillment, observe, endChange, log, now }),
    ),
    followChange: handler(
      'worker',
      followChangeTask({ db, fulfillment, observe, awaitEffect, endChange, now }),
    ),
    compensate: handler('worker', compensateTask({ db, observe, log, now })),
    converge: handler('reconcile', convergeTask({ observe, endSearches, publisherId })),
    askOperations: handler('worker', askOperationsTask({ fulfillment })),
    timer: handler('worker', timerTask({ db, fulfillment, observe, log, now })),
    lookAgain: handler('worker', lookAgainTask({ db, observe, endSearches })),
  };
}

function ofNotification(
  deps: PublisherDeps,
  observe: Observe,
  awaitEffect: AwaitEffect,
): NotificationDeps {
  const { db, fulfillment, isForeign, log, now } = deps;
  return {
    confirm: createConfirmOperation({
      db,
      readKnown: createKnownOperations(db.kysely),
      fulfillment,
      isForeign,
    }),
    carryOut: createCarryOut({
      observe,
      decisions: operationDecisions(deps),
      answer: createAnswerOperation({ db, fulfillment, log, now }),
      awaitEffect,
      settle: createSettleOperation({ log, now }),
      log,
    }),
    awaitHint: createAwaitHint({ observe, awaitEffect, log }),
    disregard: createDisregard({ observe, log }),
  };
}
