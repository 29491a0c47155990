import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Db } from '../db/schema.ts';
import { stepOf } from '@landfall/domain/back-off';
import { retryIn, DONE, type TaskOutcome } from '../lanes/task.ts';
import { findChange, type ChangeRow } from '../store/changes.ts';
import type { Expectation } from '../store/expectations.ts';
import type { AwaitEffect } from './await-effect.ts';
import { changePayload, isInForce } from './change-effect.ts';
import type { EndChange } from './end-change.ts';
import type { Observe, RunTask, TaskRun } from './task-run.ts';

/** A change is often carried out at once, and someone is waiting for it. */
export const FIRST_LOOK_MS = 1_000;

/** Microsoft says "every several seconds" and "may take minutes". */
const POLL_SCHEDULE_MS = [2_000, 5_000, 5_000, 10_000, 15_000, 30_000];
/** About a quarter of an hour. A slower change is checked every few minutes for a day. */
const MAX_QUICK_POLLS = 33;
const SLOW_POLL_MS = 5 * 60_000;
const MAX_POLLS = MAX_QUICK_POLLS + 288;

/**
 * An operation that Microsoft does not show is either not visible yet or gone. Until this age it counts as
 * not visible yet.
 */
const VISIBLE_MS = 30_000;

/** Microsoft reported the operation as succeeded, but its record never showed the change. */
export const WITHOUT_EFFECT = 'without-effect';

/**
 * Follows an accepted change to its end and records the values in force. If the notification of the same
 * operation came first, there is nothing left to record.
 */
export function followChangeTask({ db, fulfillment, ...deps }: FollowDeps): RunTask {
  return async (run) => {
    const { changeId } = changePayload.parse(run.task.payload);
    const change = await findChange(db.kysely, changeId);
    if (change?.state !== 'sent' || !change.operationId) return DONE;
    const operationId = change.operationId;
    const { correlationId, subscriptionId } = run.task;
    const call = { correlationId };
    const operation = await fulfillment.getOperation(subscriptionId, operationId, call);
    const named = run.about({ operationId, action: change.kind });
    return await look(deps, named, { change, operation });
  };
}

interface FollowDeps extends LookDeps {
  readonly db: Db;
  readonly fulfillment: Pick<Fulfillment, 'getOperation'>;
}

interface LookDeps {
  readonly observe: Observe;
  readonly awaitEffect: AwaitEffect;
  readonly endChange: EndChange;
  readonly now: () => Date;
}

async function look(
  deps: LookDeps,
  run: TaskRun,
  followed: {
    readonly change: ChangeRow;
    readonly operation: MarketplaceOperation | undefined;
  },
): Promise<TaskOutcome> {
  const { task } = run;
  const { change, operation } = followed;
  const endWith = (failure: string | undefined): Promise<TaskOutcome> => {
    const detail = failure === undefined ? undefined : errorOf(operation);
    return deps.endChange(run, { change, failure, detail });
  };
  const end = endingOf(operation);
  if (end === undefined && task.polls < MAX_POLLS) {
    const ageMs = Date.now() - task.createdAt.getTime();
    if (operation || ageMs < VISIBLE_MS) return retryIn(pauseAfter(task.polls));
  }
  const observation = await deps.observe(run, { isMissingDoubted: true });
  const { state } = observation;
  const isEffective = state !== undefined && isInForce(change, state);
  if (end === 'failed' || end === 'conflict') {
    return await endWith(isEffective ? undefined : end);
  }
  const awaited = {
    expected: expectationOf(change, operation),
    observation,
    isConfirmed: true,
  };
  const effect = await deps.awaitEffect(run, awaited);
  if (effect === 'shown') return await endWith(undefined);
  if (effect !== 'missing') return effect;
  return await endWith(end === undefined ? 'not-confirmed' : WITHOUT_EFFECT);
}

/** Why the operation failed, in Microsoft's own words. */
function errorOf(operation: MarketplaceOperation | undefined): string | undefined {
  return operation?.errorMessage ?? operation?.errorStatusCode;
}

/** Not under the operation's id, because the operation's notification waits for the same change. */
function expectationOf(
  change: ChangeRow,
  operation: MarketplaceOperation | undefined,
): Expectation {
  const sentAt = change.sendingAt ?? change.requestedAt;
  const notifiedAt = operation?.timeStamp ?? sentAt;
  return {
    subscriptionId: change.subscriptionId,
    key: `change:${change.id}`,
    operationId: change.operationId ?? undefined,
    action: change.kind,
    planId: change.planId ?? undefined,
    quantity: change.quantity ?? undefined,
    notifiedAt,
    since: sentAt < notifiedAt ? sentAt : notifiedAt,
  };
}

/** Undefined if the operation has not ended or Microsoft does not show it. */
function endingOf(
  operation: MarketplaceOperation | undefined,
): 'succeeded' | 'failed' | 'conflict' | undefined {
  switch (operation?.status) {
    case 'Succeeded':
      return 'succeeded';
    case 'Failed':
      return 'failed';
    case 'Conflict':
      return 'conflict';
    default:
      return undefined;
  }
}

function pauseAfter(polls: number): number {
  return polls < MAX_QUICK_POLLS ? stepOf(POLL_SCHEDULE_MS, polls) : SLOW_POLL_MS;
}
