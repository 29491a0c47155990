import { z } from 'zod';
import {
  contradiction,
  knownAction,
  needsAnswer,
  needsDecision,
} from '@landfall/domain/operation.ts';
import { isFault } from '@landfall/domain/fault.ts';
import type { PolicyDecision } from '@landfall/domain/policy.ts';
import type { Subscription } from '@landfall/domain/subscription.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';
import type { Transact } from '../db/schema.ts';
import { stepOf } from '../lanes/back-off.ts';
import { again, DONE, type Task, type TaskHandler, type TaskOutcome } from '../lanes/task.ts';
import { observeSubscription } from '../observe-subscription.ts';
import { findOperation } from '../store/operations.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { addToTimeline, type Context } from '../store/timeline.ts';
import { answerOperation } from './answer-operation.ts';
import { isOpen, requestedChange } from './change-target.ts';
import { belatedDecision, decisionFor } from './decision.ts';
import type { TaskDeps } from './deps.ts';
import { settle } from './settle-operation.ts';

/** Microsoft shows a new operation with a delay; a genuine one is there after this long. */
const CONFIRMATION_MS = 30_000;
const CONFIRMATION_LADDER_MS = [1_000, 2_000, 5_000];

/** When to look at an operation that we have answered and that is still in progress. */
const SETTLE_LADDER_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
/** About a quarter of an hour on that ladder; then reconciliation has the last word. */
const MAX_SETTLE_ROUNDS = 20;

/** A record may lag behind its own finished operation; after these it is believed as it is. */
const EFFECT_ROUNDS = 4;

const payloadSchema = z.object({
  operationId: z.string().optional(),
  action: z.string(),
  receivedAt: z.coerce.date().optional(),
  /** Whose webhook was called; absent where there is one publisher. */
  publisherId: z.string().optional(),
});

interface Notice {
  readonly subscriptionId: string;
  readonly operationId: string | undefined;
  readonly action: string;
  readonly receivedAt: Date | undefined;
}

/**
 * Acts upon a genuine notification. It is only a hint: the operation at Microsoft must agree with it,
 * plan and seats are taken from there, and what is in force is read from the subscription. An operation
 * has one outcome, however often it is delivered.
 */
export function notificationTask(deps: TaskDeps): TaskHandler {
  return async (task, write) => {
    const { subscriptionId } = task;
    const payload = payloadSchema.parse(task.payload);
    const call = { correlationId: task.correlationId };
    const { action, receivedAt, publisherId } = payload;
    if (publisherId !== undefined && deps.isForeign?.(publisherId)) {
      return await refuseForeign(deps, task, { payload, publisherId, write });
    }
    const operation = await operationOf(deps, task, payload).catch(async (error: unknown) => {
      if (await isForbidden(deps, task, error)) return 'forbidden' as const;
      throw error;
    });
    if (operation === 'forbidden') return await refuseForbidden(deps, task, { payload, write });
    const operationId = operation?.id ?? payload.operationId;
    const context: Context = { cause: 'notification', operationId, action, ...call };
    const notice: Notice = { subscriptionId, operationId, action, receivedAt };
    if (operationId !== undefined) {
      const row = await findOperation(deps.db.kysely, { subscriptionId, operationId });
      if (row?.outcome) return DONE;
    }
    if (!operation) return await withoutOperation(deps, { task, notice, context, write });
    const disagrees = contradiction(
      { subscriptionId, operationId: operation.id, action: notice.action },
      operation,
    );
    if (disagrees) {
      deps.log.warn(
        { security: true, subscriptionId, operationId, disagrees },
        'a notification contradicts its operation; nothing was done',
      );
      await note(
        deps,
        write,
        { subscriptionId, kind: 'operationContradicted', details: { disagrees } },
        context,
      );
      return DONE;
    }
    return await withOperation(deps, operation, { task, notice, context, write });
  };
}

interface Work {
  readonly task: Task;
  readonly notice: Notice;
  readonly context: Context;
  readonly write: Transact;
}

/** One publisher's webhook was told of another one's subscription: Microsoft is not even asked. */
async function refuseForeign(
  deps: TaskDeps,
  task: Task,
  of: {
    readonly payload: z.output<typeof payloadSchema>;
    readonly publisherId: string;
    readonly write: Transact;
  },
): Promise<TaskOutcome> {
  const { subscriptionId, correlationId } = task;
  const { operationId, action } = of.payload;
  deps.log.warn(
    { security: true, subscriptionId, operationId, action, publisherId: of.publisherId },
    "a notification names another publisher's subscription; nothing was done",
  );
  // Whose webhook it was is for the log: keys of the subscription's publisher read the timeline.
  const details = { action };
  const context: Context = { cause: 'notification', correlationId, operationId };
  await note(deps, of.write, { subscriptionId, kind: 'publisherContradicted', details }, context);
  return DONE;
}

/**
 * Whether Microsoft forbids a subscription that we do not know while our access is good: then it is no
 * offer of this publisher's, and waiting for access would be for ever.
 */
async function isForbidden(deps: TaskDeps, task: Task, error: unknown): Promise<boolean> {
  if (!isFault(error) || error.code !== 'marketplace.not-authorized') return false;
  if (await findSubscription(deps.db.kysely, task.subscriptionId)) return false;
  const call = { correlationId: task.correlationId, priority: 'background' } as const;
  const pages = deps.fulfillment.list(call)[Symbol.asyncIterator]();
  return await pages.next().then(
    () => true,
    () => false,
  );
}

async function refuseForbidden(
  deps: TaskDeps,
  task: Task,
  of: { readonly payload: z.output<typeof payloadSchema>; readonly write: Transact },
): Promise<TaskOutcome> {
  const { subscriptionId, correlationId } = task;
  const { operationId, action } = of.payload;
  const about = { security: true, subscriptionId, operationId, action };
  deps.log.warn(
    about,
    "a notification is about no subscription of the publisher's; nothing was done",
  );
  const context: Context = { cause: 'notification', correlationId, operationId };
  const details = { action, reason: 'forbidden' };
  await note(deps, of.write, { subscriptionId, kind: 'operationUnconfirmed', details }, context);
  return DONE;
}

/** The smallest notifications carry no operation id: then the one that is in progress is meant. */
async function operationOf(
  deps: TaskDeps,
  task: Task,
  payload: z.output<typeof payloadSchema>,
): Promise<MarketplaceOperation | undefined> {
  const call = { correlationId: task.correlationId };
  const { operationId, action } = payload;
  if (operationId !== undefined) {
    return await deps.fulfillment.getOperation(task.subscriptionId, operationId, call);
  }
  if (!needsAnswer(action)) return undefined;
  const open = await deps.fulfillment.listOperations(task.subscriptionId, call);
  return open.find((operation) => knownAction(operation.action) === knownAction(action));
}

/** Microsoft does not confirm the operation: a change has no effect, anything else is read. */
async function withoutOperation(deps: TaskDeps, work: Work): Promise<TaskOutcome> {
  const { task, notice, context, write } = work;
  const { subscriptionId, operationId, action } = notice;
  if (needsDecision(action)) {
    const ageMs = deps.now().getTime() - task.createdAt.getTime();
    if (ageMs < CONFIRMATION_MS) return again(stepOf(CONFIRMATION_LADDER_MS, task.rounds));
    deps.log.warn(
      { security: true, subscriptionId, operationId, action },
      'Microsoft does not confirm an operation; nothing was done',
    );
    await note(
      deps,
      write,
      { subscriptionId, kind: 'operationUnconfirmed', details: { action } },
      context,
    );
    return DONE;
  }
  await observeSubscription(deps, subscriptionId, context, { write });
  await noteUnknownAction(deps, work);
  return DONE;
}

async function withOperation(
  deps: TaskDeps,
  operation: MarketplaceOperation,
  work: Work,
): Promise<TaskOutcome> {
  const { task, notice, context, write } = work;
  const { receivedAt } = notice;
  const belated = await belatedDecision(deps, operation, receivedAt, context);
  const observation = await observeSubscription(deps, notice.subscriptionId, context, { write });
  const { state } = observation;
  const decision = belated ?? (await decisionFor(deps, operation, { state, receivedAt }, context));
  let current = operation;
  if (needsAnswer(operation.action) && isOpen(operation)) {
    if (needsDecision(operation.action) && !decision) {
      const details = { action: operation.action, reason: 'no-target' };
      deps.log.error({ ...notice }, 'an operation names no target; it is left to Microsoft');
      await note(
        deps,
        write,
        { subscriptionId: notice.subscriptionId, kind: 'operationUnconfirmed', details },
        context,
      );
    } else {
      current = await answerOperation(deps, operation, { decision, context, write });
    }
    if (isOpen(current) && task.rounds < MAX_SETTLE_ROUNDS) {
      return again(stepOf(SETTLE_LADDER_MS, task.rounds));
    }
    const after = await observeSubscription(deps, notice.subscriptionId, context, { write });
    return await finish(deps, current, { ...work, decision, state: after.state });
  }
  return await finish(deps, current, { ...work, decision, state });
}

async function finish(
  deps: TaskDeps,
  operation: MarketplaceOperation,
  work: Work & {
    readonly decision: PolicyDecision | undefined;
    readonly state: Subscription | undefined;
  },
): Promise<TaskOutcome> {
  const { task, context, write, decision, state } = work;
  if (state && lacksEffect(operation, state) && task.rounds < EFFECT_ROUNDS) {
    return again(stepOf(SETTLE_LADDER_MS, task.rounds));
  }
  await noteUnknownAction(deps, work);
  await write((trx) => settle(deps, trx, { operation, decision, context }));
  return DONE;
}

/** Succeeded, and yet the subscription says otherwise: it lags, or a later change is in force. */
function lacksEffect(operation: MarketplaceOperation, state: Subscription): boolean {
  if (operation.status !== 'Succeeded' || state.status !== 'Subscribed') return false;
  const change = requestedChange(operation);
  if (change?.action === 'ChangePlan') return change.planId !== state.planId;
  return change?.action === 'ChangeQuantity' && change.quantity !== state.quantity;
}

async function noteUnknownAction(deps: TaskDeps, work: Work): Promise<void> {
  const { notice, context, write } = work;
  const { subscriptionId, action } = notice;
  if (knownAction(action)) return;
  deps.log.warn({ subscriptionId, action }, 'a notification has an action that we do not know');
  await note(
    deps,
    write,
    { subscriptionId, kind: 'actionUnrecognised', details: { action } },
    context,
  );
}

async function note(
  deps: TaskDeps,
  write: Transact,
  entry: {
    readonly subscriptionId: string;
    readonly kind: string;
    readonly details: Readonly<Record<string, unknown>>;
  },
  context: Context,
): Promise<void> {
  await write((trx) => addToTimeline(trx, { ...entry, at: deps.now() }, context));
}
