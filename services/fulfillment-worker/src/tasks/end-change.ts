import type { Logger } from '@landfall/service-kit/log';
import type { Trx } from '../db/schema.ts';
import { DONE, type TaskOutcome } from '../lanes/task.ts';
import { changeDetails } from '../start-change.ts';
import { settleChange, wantedOf, type ChangeRow } from '../store/changes.ts';
import { addToTimeline, type Context } from '../store/timeline.ts';
import type { TaskRun } from './task-run.ts';

/** How a change of ours ended; without a failure it is in force. */
interface Ended {
  readonly change: ChangeRow;
  readonly failure: string | undefined;
  /** Microsoft's own words about the failure. */
  readonly detail?: string | undefined;
}

/** Ends a task with the outcome of its change. */
export type EndChange = (run: TaskRun, ended: Ended) => Promise<TaskOutcome>;

export function createEndChange({
  log,
  now,
}: {
  readonly log: Logger;
  readonly now: () => Date;
}): EndChange {
  return async ({ write, context }, ended) => {
    await write((trx) => recordChangeEnd(log, trx, { ...ended, at: now() }, context));
    return DONE;
  };
}

/** Writes the outcome of a change once. */
export async function recordChangeEnd(
  log: Logger,
  trx: Trx,
  ended: Ended & { readonly at: Date },
  context: Context,
): Promise<void> {
  const { change, failure, detail, at } = ended;
  if (!(await settleChange(trx, change.id, { failure, detail, at }))) return;
  const kind = failure === undefined ? 'changeSucceeded' : 'changeFailed';
  const compensates = change.compensates ?? undefined;
  if (failure !== undefined && compensates !== undefined) {
    const about = { subscriptionId: change.subscriptionId, operationId: compensates, failure };
    log.warn(about, 'a refused change that Microsoft carried out was not changed back');
  }
  const from = { planId: change.fromPlanId, quantity: change.fromQuantity };
  const asked = changeDetails({ wanted: wantedOf(change), from });
  const failureDetail = detail ?? (failure === undefined ? undefined : REASONS[failure]);
  const details = { changeId: change.id, ...asked, compensates, failure, failureDetail };
  await addToTimeline(trx, { subscriptionId: change.subscriptionId, kind, at, details }, context);
}

/** Explanations of codes for readers of the timeline. */
const REASONS: Readonly<Record<string, string>> = {
  'without-effect': 'Microsoft reported success, but its record does not show the change',
};
