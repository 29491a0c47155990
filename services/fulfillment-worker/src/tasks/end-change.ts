import type { Trx } from '../db/schema.ts';
import { changeDetails } from '../start-change.ts';
import { settleChange, wantedOf, type ChangeRow } from '../store/changes.ts';
import { addToTimeline, type Context } from '../store/timeline.ts';
import type { TaskDeps } from './deps.ts';

/** The outcome of a change of ours, written once; `failure` undefined means that it is in force. */
export async function endChange(
  { log }: Pick<TaskDeps, 'log'>,
  trx: Trx,
  ended: {
    readonly change: ChangeRow;
    readonly failure: string | undefined;
    /** Microsoft's own words about the failure. */
    readonly detail?: string | undefined;
    readonly at: Date;
  },
  context: Context,
): Promise<void> {
  const { change, failure, detail, at } = ended;
  if (!(await settleChange(trx, change.id, { failure, detail, at }))) return;
  const kind = failure === undefined ? 'changeSucceeded' : 'changeFailed';
  const compensates = change.compensates ?? undefined;
  if (failure !== undefined && compensates !== undefined) {
    const about = { subscriptionId: change.subscription_id, operationId: compensates, failure };
    log.warn(about, 'a refused change that Microsoft carried out was not changed back');
  }
  const from = { planId: change.from_plan_id, quantity: change.from_quantity };
  const asked = changeDetails({ wanted: wantedOf(change), from });
  const failureDetail = detail ?? (failure === undefined ? undefined : REASONS[failure]);
  const details = { changeId: change.id, ...asked, compensates, failure, failureDetail };
  await addToTimeline(trx, { subscriptionId: change.subscription_id, kind, at, details }, context);
}

/** Explanations of codes for readers of the timeline. */
const REASONS: Readonly<Record<string, string>> = {
  'without-effect': 'Microsoft reported success, but its record does not show the change',
};
