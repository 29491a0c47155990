import { setTimeout as delay } from 'node:timers/promises';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { complete } from '@landfall/domain/complete';
import { Fault } from '@landfall/domain/fault';
import {
  contradiction,
  DECISION_BUDGET_MS,
  knownActions,
  needsDecision,
} from '@landfall/domain/operation';
import { mayRefuse, type PolicyDecision } from '@landfall/domain/policy';
import type { Call } from '@landfall/marketplace/http';
import { isGuid } from '@landfall/marketplace/ids';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import { forPublisher, publisherOfSubscription, type PublisherDeps } from '../publishers.ts';
import { toSnapshot } from '../snapshot.ts';
import { findOperation, toDecision } from '../store/operations.ts';
import { policiesFor } from '../store/policy.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { isOpen, requestedChange } from '../decisions/requested-change.ts';
import { operationDecisions } from '../decisions/decide-operation.ts';
import type { ProcedureDeps } from './deps.ts';

type Decide = Handlers<FulfillmentProcedures>['decisions']['decide'];
type Answer = { answer: 'accept' | 'refuse' | 'unconfirmed'; reason?: string | undefined };

/** Two consecutive readings fit into the time that Microsoft waits. */
const READ_TIMEOUT_MS = 3_000;
/** Microsoft shows a new operation with a delay. It is read again while there is time. */
const NOT_VISIBLE_PAUSE_MS = 500;
/** Readings that every notification gets, no matter how many wait. */
const FIRST_READINGS = 4;
/** At most this many keep waiting until their time ends, so that forged notifications cannot hold more places. */
const MAX_WAITING_ON = 16;
/** Less than this is too short to read and answer. */
const LAST_READ_MS = 500;
/** The kinds of customers' changes. */
const DECIDED_ACTIONS = knownActions.filter(needsDecision);

/**
 * Decides on a customer's change while Microsoft waits. A decision is made once and stored, only on an
 * operation that Microsoft has confirmed: claims of a notification are never stored as decided. If no rule
 * can refuse, Microsoft is not asked; if a rule says so, the ISV's product is. A change without a usable id
 * is taken to be the subscription's only open operation of its kind. If Microsoft does not confirm the operation, the
 * answer is `unconfirmed` and the worker looks again later. Throws Microsoft's faults, and
 * `decision.no-target` (later) if the operation does not say what it requests.
 */
export function decideProcedure(deps: ProcedureDeps): Decide {
  const waitingOn = { count: 0 };
  const decisions = operationDecisions(deps);
  return async ({ operationId, subscriptionId, action, publisherId, ...received }, call) => {
    const receivedAt = byOwnClock(received, deps.now());
    // Calls have deadlines by the machine's time.
    const receivedMs = byOwnClock(received, new Date()).getTime();
    if (!needsDecision(action)) return { answer: 'accept' };
    const key = {
      subscriptionId: subscriptionId.toLowerCase(),
      operationId: operationId?.toLowerCase() ?? '',
    };
    const db = deps.db.kysely;
    const publisher = await publisherOfSubscription(deps, key.subscriptionId, publisherId);
    const own = forPublisher(deps, publisher);
    if (publisherId !== undefined && own.isForeign?.(publisherId)) {
      const about = { security: true, ...key, publisherId };
      deps.log.warn(about, "a notification named another publisher's subscription");
      return { answer: 'unconfirmed' };
    }
    const made = toDecision(await findOperation(db, key));
    if (made) return answerOf(made);
    const policies = await policiesFor(db, own.isSole ? undefined : own.publisherId);
    if (!policies.some((policy) => mayRefuse(policy, action))) return { answer: 'accept' };

    const budgetEnd = Math.min(call.deadline.getTime(), receivedMs + DECISION_BUDGET_MS);
    const readCall = (): Call => ({
      correlationId: call.correlationId,
      signal: call.signal,
      priority: 'decision',
      timeoutMs: Math.max(1, Math.min(READ_TIMEOUT_MS, budgetEnd - Date.now())),
    });
    const asked = isGuid(key.operationId)
      ? key
      : { ...key, operationId: await onlyOpenOperation(own, { ...key, action }, readCall()) };
    const [operation, seen, known] = await Promise.all([
      confirmed(own, asked, { readCall, budgetEnd, waitingOn }),
      own.fulfillment.get(key.subscriptionId, readCall()),
      findSubscription(db, key.subscriptionId),
    ]);
    // If the record cannot be read now, our own record is used: the change was not made yet.
    const state = seen ? complete(toSnapshot(seen, known?.state, own), known?.state) : known?.state;
    if (!operation || !state) return { answer: 'unconfirmed' };
    const disagrees = contradiction({ ...asked, action }, operation);
    if (disagrees) {
      deps.log.warn(
        { security: true, ...key, disagrees },
        'a notification contradicted its operation',
      );
      return { answer: 'unconfirmed' };
    }
    if (!isOpen(operation)) return { answer: 'accept' };
    if (!requestedChange(operation)) throw undecidable();
    const decision = await decisions.decide(
      operation,
      {
        state,
        receivedAt,
        answerBy: new Date(budgetEnd),
      },
      { cause: 'notification', correlationId: call.correlationId },
    );
    return decision ? answerOf(decision) : { answer: 'unconfirmed' };
  };
}

/**
 * Whether a rule could refuse a change that could not be read. Without a known action it may be either
 * kind of change.
 */
export function mayRefuseProcedure({
  db,
  publishers,
}: Pick<
  ProcedureDeps,
  'db' | 'publishers'
>): Handlers<FulfillmentProcedures>['decisions']['mayRefuse'] {
  return async ({ publisherId, action }) => {
    const policies = await policiesFor(db.kysely, publishers.isSole ? undefined : publisherId);
    const actions = action === undefined ? DECIDED_ACTIONS : [action];
    return {
      mayRefuse: policies.some((policy) => actions.some((one) => mayRefuse(policy, one))),
    };
  };
}

/** A rule could refuse the change, but its target is unknown, so it is neither accepted nor refused. */
function undecidable(): Fault {
  return new Fault('decision.no-target', 'the operation names no target that a rule could judge', {
    retry: 'later',
  });
}

/** Throws a `later` fault if there is none yet or more than one: Microsoft lists operations with a delay. */
async function onlyOpenOperation(
  { fulfillment }: Pick<PublisherDeps, 'fulfillment'>,
  of: { readonly subscriptionId: string; readonly action: string },
  call: Call,
): Promise<string> {
  const listed = await fulfillment.listOperations(of.subscriptionId, call);
  const [only, ...others] = listed.filter(
    (operation) => isOpen(operation) && operation.action.toLowerCase() === of.action.toLowerCase(),
  );
  if (only && others.length === 0 && isGuid(only.id)) return only.id.toLowerCase();
  throw new Fault('decision.unidentified', 'no single open operation fits the notification', {
    retry: 'later',
  });
}

/** When the notification arrived. The caller's clock is used only for old callers that send no age. */
function byOwnClock(
  received: { readonly receivedAt: string; readonly ageMs?: number | undefined },
  now: Date,
): Date {
  const { receivedAt, ageMs } = received;
  return ageMs === undefined ? new Date(receivedAt) : new Date(now.getTime() - ageMs);
}

/** Asks again until Microsoft shows the operation or the time to decide is over. */
async function confirmed(
  deps: Pick<PublisherDeps, 'fulfillment'>,
  key: { readonly subscriptionId: string; readonly operationId: string },
  limits: {
    readonly readCall: () => Call;
    readonly budgetEnd: number;
    readonly waitingOn: { count: number };
  },
): Promise<MarketplaceOperation | undefined> {
  const { readCall, budgetEnd, waitingOn } = limits;
  const { subscriptionId, operationId } = key;
  let isWaitingOn = false;
  try {
    for (let reading = 1; ; reading += 1) {
      const { fulfillment } = deps;
      const operation = await fulfillment.getOperation(subscriptionId, operationId, readCall());
      const leftMs = budgetEnd - Date.now();
      if (operation || leftMs < NOT_VISIBLE_PAUSE_MS + LAST_READ_MS) return operation;
      if (reading === FIRST_READINGS) {
        if (waitingOn.count >= MAX_WAITING_ON) return undefined;
        waitingOn.count += 1;
        isWaitingOn = true;
      }
      await delay(NOT_VISIBLE_PAUSE_MS);
    }
  } finally {
    if (isWaitingOn) waitingOn.count -= 1;
  }
}

function answerOf(decision: PolicyDecision): Answer {
  return decision.answer === 'refuse'
    ? { answer: 'refuse', reason: decision.reason }
    : { answer: 'accept' };
}
