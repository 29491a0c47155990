import { DONE } from '../lanes/task.ts';
import type { AwaitHint } from './await-hint.ts';
import type { CarryOut } from './carry-out.ts';
import type { ConfirmOperation } from './confirm-operation.ts';
import type { Disregard } from './disregard-notice.ts';
import { noticeOf } from './notice.ts';
import type { RunTask } from './task-run.ts';

export interface NotificationDeps {
  readonly confirm: ConfirmOperation;
  readonly carryOut: CarryOut;
  readonly awaitHint: AwaitHint;
  readonly disregard: Disregard;
}

/**
 * Acts on a genuine notification. It is only a hint: the operation at Microsoft must agree with it, plan
 * and seats are taken from there, and the values in force are read from the subscription. Every hint ends
 * in a reading, which is repeated until the record shows the change or an alert is raised. An operation has
 * one outcome, no matter how often its notification is delivered.
 */
export function notificationTask(deps: NotificationDeps): RunTask {
  return async (run) => {
    const notice = noticeOf(run.task);
    const found = await deps.confirm(notice);
    const operationId = 'operation' in found ? found.operation.id : notice.operationId;
    const named = run.about({ operationId, action: notice.action });
    switch (found.kind) {
      case 'settled':
        return DONE;
      case 'confirmed':
        return await deps.carryOut(named, { ...found, notice });
      case 'unconfirmed':
        return await deps.awaitHint(named, notice);
      default:
        return await deps.disregard(named, notice, found);
    }
  };
}
