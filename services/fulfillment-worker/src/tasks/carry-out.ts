import type { Logger } from '@landfall/service-kit/log';
import { knownAction, needsAnswer, needsDecision } from '@landfall/domain/operation';
import type { PolicyDecision } from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import { stepOf } from '@landfall/domain/back-off';
import { retryIn, DONE, type TaskOutcome } from '../lanes/task.ts';
import type { Observation } from '../observe-subscription.ts';
import type { Expectation } from '../store/expectations.ts';
import type { KnownOperation } from '../store/known-operations.ts';
import { recordOpen } from '../store/operations.ts';
import type { AnswerOperation } from './answer-operation.ts';
import { scheduleClosingLook, type AwaitEffect } from './await-effect.ts';
import { isOpen, requestedChange } from '../decisions/requested-change.ts';
import { concludes } from './conclude.ts';
import { noteUnknownAction, notifiedAt, type Notice } from './notice.ts';
import type { OperationDecisions } from '../decisions/decide-operation.ts';
import type { SettleOperation } from './settle-operation.ts';
import type { Observe, TaskRun } from './task-run.ts';

/** Pauses between looks at an operation that Microsoft still shows in progress. */
const SETTLE_SCHEDULE_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
/** Just under a quarter of an hour on that schedule. After that, an alert would report that the notification waits. */
const MAX_SETTLE_POLLS = 18;

/** A notification and the operation that confirms it. */
export interface Confirmed {
  readonly notice: Notice;
  readonly operation: MarketplaceOperation;
  /** What we knew when Microsoft had confirmed it. */
  readonly known: KnownOperation;
}

/** Decides, answers, and settles an operation once the subscription's record shows its effect. */
export type CarryOut = (run: TaskRun, confirmed: Confirmed) => Promise<TaskOutcome>;

interface CarryOutDeps {
  readonly observe: Observe;
  readonly decisions: OperationDecisions;
  readonly answer: AnswerOperation;
  readonly awaitEffect: AwaitEffect;
  readonly settle: SettleOperation;
  readonly log: Logger;
}

export function createCarryOut(deps: CarryOutDeps): CarryOut {
  const { observe, decisions } = deps;
  return async (run, { notice, operation, known }) => {
    const { context, task } = run;
    const { receivedAt } = notice;
    const late = await decisions.decideLate(operation, { known, receivedAt }, context);
    const expected = expectationOf(operation, notice);
    const observation = await observe(run, {
      isMissingDoubted: true,
      // A decision takes time, so our record is read again after it.
      begun: late ? undefined : known,
      conclude: concludes(run, { operation, known, expected, late }),
    });
    if (observation.kind === 'seen' && observation.isConcluded) return DONE;
    const found = { state: observation.state, receivedAt };
    const decision = late ?? (await decisions.decide(operation, found, context));
    if (!needsAnswer(operation.action) || !isOpen(operation)) {
      return await finish(deps, run, { notice, operation, decision, observation });
    }
    const current = await answer(deps, run, { notice, operation, decision });
    if (isOpen(current)) {
      if (task.polls < MAX_SETTLE_POLLS) return lookAgain(run);
      await run.write((trx) => recordOpen(trx, operation));
      return DONE;
    }
    const after = await observe(run, { isMissingDoubted: true });
    return await finish(deps, run, { notice, operation: current, decision, observation: after });
  };
}

interface Decided extends Omit<Confirmed, 'known'> {
  readonly decision: PolicyDecision | undefined;
}

/** The operation after our answer, or unchanged if there is nothing to answer. */
async function answer(
  deps: Pick<CarryOutDeps, 'answer' | 'log'>,
  run: TaskRun,
  { notice, operation, decision }: Decided,
): Promise<MarketplaceOperation> {
  const { action } = operation;
  if (needsDecision(action) && !decision) {
    deps.log.error({ ...notice }, 'an operation named no target; it was not answered');
    const isImpossible = operation.problems.includes('quantity-invalid');
    const reason = isImpossible ? 'quantity-impossible' : 'no-target';
    await run.noteOnce('operationUnconfirmed', { action, reason });
    return operation;
  }
  return await deps.answer(run, operation, decision);
}

async function finish(
  { awaitEffect, settle, log }: Pick<CarryOutDeps, 'awaitEffect' | 'settle' | 'log'>,
  run: TaskRun,
  done: Decided & { readonly observation: Observation },
): Promise<TaskOutcome> {
  const { notice, operation, decision, observation } = done;
  const { context, write } = run;
  if (hasFailed(operation)) {
    await write((trx) => settle(trx, { operation, decision, context }));
    return DONE;
  }
  const expected = expectationOf(operation, notice);
  const effect = await awaitEffect(run, { expected, observation, isConfirmed: true });
  if (effect !== 'shown' && effect !== 'missing') return effect;
  await noteUnknownAction(log, run, notice);
  // The operation was read before the record, and may have ended in between.
  if (isOpen(operation) && run.task.polls < MAX_SETTLE_POLLS) return lookAgain(run);
  const isEffectMissing = effect === 'missing';
  const effectiveAt = operation.status === 'Succeeded' ? expected.notifiedAt : undefined;
  await write(async (trx) => {
    const settled = { operation, decision, context, isEffectMissing, effectiveAt };
    await settle(trx, settled);
    if (isRepeatedSubscribe(expected, observation))
      await scheduleClosingLook(trx, run, expected.key);
  });
  return DONE;
}

function lookAgain({ task }: TaskRun): TaskOutcome {
  return retryIn(stepOf(SETTLE_SCHEDULE_MS, task.polls));
}

function hasFailed({ status }: MarketplaceOperation): boolean {
  return status === 'Failed' || status === 'Conflict';
}

function expectationOf(operation: MarketplaceOperation, notice: Notice): Expectation {
  const { id, subscriptionId, action, timeStamp } = operation;
  const { receivedAt = timeStamp } = notice;
  const change = requestedChange(operation);
  const at = notifiedAt(operation, notice);
  return {
    subscriptionId,
    key: id,
    operationId: id,
    action: knownAction(action) ?? action,
    planId: change?.action === 'ChangePlan' ? change.planId : undefined,
    quantity: change?.action === 'ChangeQuantity' ? change.quantity : undefined,
    notifiedAt: at,
    // Microsoft's clock may be ahead of ours, but nothing is received before it happened.
    since: receivedAt !== undefined && receivedAt < at ? receivedAt : at,
  };
}

/**
 * Microsoft has announced renewals as Subscribe: if the record was already active and shows nothing new, the
 * renewal may still follow.
 */
function isRepeatedSubscribe({ action }: Expectation, observation: Observation): boolean {
  return action === 'Subscribe' && observation.kind === 'seen' && observation.events === 0;
}
