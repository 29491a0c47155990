import type { AcceptedChange, Fulfillment } from '@landfall/marketplace/fulfillment';
import type { Call } from '@landfall/marketplace/http';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { stepOf } from '@landfall/domain/back-off';
import { retryIn, DONE, type TaskOutcome } from '../lanes/task.ts';
import { addTask } from '../store/tasks.ts';
import { refusalCode, refusalDetail } from '../marketplace-refusal.ts';
import {
  findChange,
  recordSending,
  recordSent,
  wantedOf,
  type ChangeRow,
} from '../store/changes.ts';
import { changePayload, isInForce } from './change-effect.ts';
import { FIRST_LOOK_MS } from './follow-change.ts';
import { hasTargetOf } from '../decisions/operation-origin.ts';
import type { EndChange } from './end-change.ts';
import type { Observe, RunTask, TaskRun } from './task-run.ts';

/**
 * Microsoft lists a new operation with a delay. A change that may have been sent is searched for this long.
 */
const DOUBT_MS = 10_000;
const DOUBT_STEP_MS = 3_000;

/** A record may lag behind a change. If a repeated call was refused, look at the record again. */
const MAX_DOUBT_POLLS = 20;

/** A subscription that Microsoft does not know may only be late. After a minute it counts as gone. */
const MISSING_SCHEDULE_MS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000];

/** Another operation locks the subscription. A quarter of an hour happens; half an hour is the limit. */
const LOCKED_SCHEDULE_MS = [2_000, 5_000, 10_000, 30_000];
const MAX_LOCKED_POLLS = 64;

/**
 * Sends a change to Microsoft, once. The intent to send is stored before the call. If it is already stored at
 * the start, the call may have arrived, and Microsoft's record is searched before sending again.
 */
export function submitChangeTask(deps: SubmitDeps): RunTask {
  return async (run) => {
    const { task } = run;
    const { changeId } = changePayload.parse(task.payload);
    const change = await findChange(deps.db.kysely, changeId);
    if (change?.state !== 'requested') return DONE;
    const work: Work = { run, change };
    if (change.sendingAt) {
      const found = await searchSent(deps, work, change.sendingAt);
      if (found) return found;
    }
    const first = await trySending(deps, work);
    const outcome = isUnexplained(first) ? await trySending(deps, work) : first;
    if (!isUnexplained(outcome)) return outcome;
    const isDoubtful = change.sendingAt !== null && task.polls < MAX_DOUBT_POLLS;
    return isDoubtful ? retryIn(DOUBT_STEP_MS) : await end(deps, work, 'refused', outcome.detail);
  };
}

/** Refused without a visible reason, with Microsoft's own text. */
interface Unexplained {
  readonly detail: string | undefined;
}

function isUnexplained(outcome: TaskOutcome | Unexplained): outcome is Unexplained {
  return typeof outcome === 'object' && 'detail' in outcome;
}

/**
 * One unexplained refusal means little: the operation that locked the subscription may have ended between the
 * refusal and our reading.
 */
async function trySending(deps: SubmitDeps, work: Work): Promise<TaskOutcome | Unexplained> {
  const { change } = work;
  const { task, write } = work.run;
  await write((trx) => recordSending(trx, change.id, deps.now()));
  try {
    const accepted = await send(deps.fulfillment, change, { correlationId: task.correlationId });
    return await followFrom(work, accepted.operationId);
  } catch (error: unknown) {
    const code = refusalCode(error);
    if (code === undefined) throw error;
    // If an earlier call may have been sent, the mark stays: that call may be the cause of this refusal.
    if (!change.sendingAt) await write((trx) => recordSending(trx, change.id, null));
    const detail = refusalDetail(error);
    return (await reasonOf(deps, work, { code, detail })) ?? { detail };
  }
}

interface Work {
  readonly run: TaskRun;
  readonly change: ChangeRow;
}

interface SubmitDeps {
  readonly db: Db;
  readonly fulfillment: Pick<
    Fulfillment,
    'changePlan' | 'changeQuantity' | 'cancel' | 'listOperations'
  >;
  readonly observe: Observe;
  readonly endChange: EndChange;
  readonly log: Logger;
  readonly now: () => Date;
}

function send(
  fulfillment: SubmitDeps['fulfillment'],
  change: ChangeRow,
  call: Call,
): Promise<AcceptedChange> {
  const wanted = wantedOf(change);
  const id = change.subscriptionId;
  switch (wanted.kind) {
    case 'ChangePlan':
      return fulfillment.changePlan(id, wanted.planId, call);
    case 'ChangeQuantity':
      return fulfillment.changeQuantity(id, wanted.quantity, call);
    default:
      return fulfillment.cancel(id, call);
  }
}

/**
 * Looks at Microsoft for a change that may have been sent. Undefined if it was not, so that it must be sent.
 */
async function searchSent(
  deps: SubmitDeps,
  work: Work,
  sendingAt: Date,
): Promise<TaskOutcome | undefined> {
  const { run, change } = work;
  const operation = await inProgress(deps, run, (found) => hasTargetOf(change, found));
  if (operation) return await followFrom(work, operation.id);
  const { state } = await deps.observe(run);
  if (state && isInForce(change, state)) return await end(deps, work, undefined);
  const isFresh = Math.abs(deps.now().getTime() - sendingAt.getTime()) < DOUBT_MS;
  return isFresh ? retryIn(DOUBT_STEP_MS) : undefined;
}

/**
 * Why a change was refused: it already took effect, or another operation is open (the answer is not reliable
 * about that, so open operations are read). Undefined for any other reason.
 */
async function reasonOf(
  deps: SubmitDeps,
  work: Work,
  { code, detail }: { readonly code: string; readonly detail: string | undefined },
): Promise<TaskOutcome | undefined> {
  const { run, change } = work;
  const { task } = run;
  deps.log.info({ changeId: change.id, code }, 'Microsoft refused a change');
  const missingPause = MISSING_SCHEDULE_MS[task.polls];
  const seen = await deps.observe(run, { isMissingDoubted: missingPause !== undefined });
  const { state } = seen;
  if (state && isInForce(change, state)) return await end(deps, work, undefined);
  if (!state || seen.kind === 'missing' || code === 'marketplace.not-found') {
    return missingPause === undefined
      ? await end(deps, work, 'not-found', detail)
      : retryIn(missingPause);
  }
  const isLocked =
    code === 'marketplace.conflict' || (await inProgress(deps, run, () => true)) !== undefined;
  if (!isLocked) return undefined;
  if (task.polls >= MAX_LOCKED_POLLS) return await end(deps, work, 'locked', detail);
  return retryIn(stepOf(LOCKED_SCHEDULE_MS, task.polls));
}

async function inProgress(
  { fulfillment }: Pick<SubmitDeps, 'fulfillment'>,
  { task: { correlationId, subscriptionId } }: TaskRun,
  isWanted: (operation: MarketplaceOperation) => boolean,
): Promise<MarketplaceOperation | undefined> {
  const open = await fulfillment.listOperations(subscriptionId, { correlationId });
  return open.find((operation) => isWanted(operation));
}

async function followFrom({ run, change }: Work, operationId: string): Promise<TaskOutcome> {
  const { task, write } = run;
  return await write(async (trx) => {
    await recordSent(trx, change.id, operationId);
    await addTask(trx, {
      subscriptionId: task.subscriptionId,
      kind: 'followChange',
      payload: { changeId: change.id },
      correlationId: task.correlationId,
      dedupeKey: `followChange:${change.id}`,
      delayMs: FIRST_LOOK_MS,
    });
    return DONE;
  });
}

async function end(
  { endChange }: Pick<SubmitDeps, 'endChange'>,
  { run, change }: Work,
  failure: string | undefined,
  detail?: string,
): Promise<TaskOutcome> {
  return await endChange(run, { change, failure, detail });
}
