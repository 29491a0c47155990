import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refuseChange, type WantedChange } from '@landfall/domain/change';
import type { Subscription } from '@landfall/domain/subscription';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Trx } from '../db/schema.ts';
import { stepOf } from '@landfall/domain/back-off';
import { retryIn, DONE, type TaskOutcome } from '../lanes/task.ts';
import { startChange } from '../start-change.ts';
import { hasCompensation, hasCompensationTo, openChange } from '../store/changes.ts';
import { findOperation, type OperationRow } from '../store/operations.ts';
import { lockSubscription } from '../store/subscriptions.ts';
import { addToTimeline } from '../store/timeline.ts';
import type { Observe, RunTask, TaskRun } from './task-run.ts';

/** Another change of ours must end first. That takes minutes, or a day if Microsoft has trouble. */
const PENDING_SCHEDULE_MS = [2_000, 5_000, 10_000, 30_000, 60_000, 300_000];
const MAX_PENDING_POLLS = 300;

/** If Microsoft overrules a change back, its notification arrives within minutes; a day is generous. */
const LOOP_WINDOW_MS = 24 * 60 * 60 * 1000;

/** The refused change as Microsoft carried it out. */
export const compensatePayload = z.object({
  operationId: z.string(),
  planId: z.string().optional(),
  quantity: z.number().nullable(),
});

type Refused = z.output<typeof compensatePayload> & { readonly row: OperationRow };

/**
 * Changes back what Microsoft carried out although we had refused it. It is a normal change by the publisher,
 * approved by the rule, made once per operation and visible on the timeline. It is made only while the
 * refused change is still in force. What cannot be changed back is recorded and logged. A change back is
 * never changed back: it is our own, and no rule applies to it.
 */
export function compensateTask({
  db,
  observe,
  log,
  now,
}: {
  readonly db: Db;
  readonly observe: Observe;
  readonly log: Logger;
  readonly now: () => Date;
}): RunTask {
  return async (run) => {
    const payload = compensatePayload.parse(run.task.payload);
    const { subscriptionId } = run.task;
    const { operationId } = payload;
    const row = await findOperation(db.kysely, { subscriptionId, operationId });
    if (row?.decision !== 'refuse' || row.outcome !== 'overruled') return DONE;
    await observe(run);
    const refused = { ...payload, row };
    const named = run.about({ operationId });
    return await run.write((trx) => compensate(log, trx, named, { refused, at: now() }));
  };
}

async function compensate(
  log: Logger,
  trx: Trx,
  { task, context }: TaskRun,
  { refused, at }: { readonly refused: Refused; readonly at: Date },
): Promise<TaskOutcome> {
  const { subscriptionId } = task;
  const { operationId, row } = refused;
  const known = await lockSubscription(trx, subscriptionId);
  if (!known || (await hasCompensation(trx, { subscriptionId, operationId }))) return DONE;
  if (!isStillInForce(refused, known.state)) {
    const details = { change: row.action };
    await addToTimeline(
      trx,
      { subscriptionId, kind: 'compensationNotNeeded', at, details },
      context,
    );
    return DONE;
  }
  const hasPending = (await openChange(trx, subscriptionId)) !== undefined;
  if (hasPending && task.polls < MAX_PENDING_POLLS) {
    return retryIn(stepOf(PENDING_SCHEDULE_MS, task.polls));
  }
  const wanted = wayBack(row);
  const since = new Date(at.getTime() - LOOP_WINDOW_MS);
  const isLoop = await hasCompensationTo(trx, { subscriptionId, ...target(refused), since });
  const obstacle = !wanted
    ? 'origin-unknown'
    : isLoop
      ? 'was-changed-back'
      : refuseChange(known.state, wanted, hasPending);
  if (!wanted || obstacle) {
    const details = { change: row.action, reason: obstacle };
    const entry = { subscriptionId, kind: 'compensationImpossible', at, details };
    await addToTimeline(trx, entry, context);
    log.warn(
      { subscriptionId, operationId, reason: obstacle },
      'a refused change that Microsoft carried out cannot be changed back',
    );
    return DONE;
  }
  const approvedBy = `policy:${row.ruleId ?? row.reason ?? 'unknown'}`;
  const { planId, quantity } = known.state;
  const from = { planId, quantity };
  const origin = 'publisher' as const;
  const change = { id: randomUUID(), subscriptionId, wanted, origin, from, approvedBy, at };
  await startChange(trx, { ...change, compensates: operationId }, context);
  return DONE;
}

/** The change to the values from before the refused change; undefined if they are unknown. */
function wayBack(row: OperationRow): WantedChange | undefined {
  if (row.action === 'ChangePlan') {
    const planId = row.fromPlanId;
    return planId === null ? undefined : { kind: 'ChangePlan', planId };
  }
  const quantity = row.fromQuantity;
  return quantity === null ? undefined : { kind: 'ChangeQuantity', quantity };
}

function target({ row, planId, quantity }: Refused) {
  return row.action === 'ChangePlan'
    ? ({ kind: 'ChangePlan', planId: planId ?? '' } as const)
    : ({ kind: 'ChangeQuantity', quantity: quantity ?? 0 } as const);
}

function isStillInForce({ row, planId, quantity }: Refused, state: Subscription): boolean {
  return row.action === 'ChangePlan' ? state.planId === planId : state.quantity === quantity;
}
