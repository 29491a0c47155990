import { needsDecision } from '@landfall/domain/operation';
import {
  isRevert,
  mayRefuse,
  type PolicyDecision,
  type RequestedChange,
} from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Db } from '../db/schema.ts';
import { askProduct, type AskDeps, type ChangedSubscription } from './ask-product.ts';
import { createDecisionMaker, type MakeDecision } from './make-decision.ts';
import type { KnownOperation } from '../store/known-operations.ts';
import { findOperation, latestDecision, toDecision } from '../store/operations.ts';
import { readPolicy } from '../store/policy.ts';
import type { Context } from '../store/timeline.ts';
import { isOpen, requestedChange } from './requested-change.ts';
import { originFrom, originOf } from './operation-origin.ts';

/** When the notification arrived, and until when someone waits for the decision. */
export interface Waiting {
  readonly receivedAt: Date | undefined;
  readonly answerBy?: Date | undefined;
}

/** Decisions on customers' changes that Microsoft notifies. */
export interface OperationDecisions {
  decide(
    operation: MarketplaceOperation,
    found: Waiting & { readonly state: ChangedSubscription | undefined },
    context: Context,
  ): Promise<PolicyDecision | undefined>;
  decideLate(
    operation: MarketplaceOperation,
    found: { readonly known: KnownOperation; readonly receivedAt: Date | undefined },
    context: Context,
  ): Promise<PolicyDecision | undefined>;
}

export function operationDecisions(deps: AskDeps): OperationDecisions {
  const make = createDecisionMaker({
    ...deps,
    ask: (...asked) => askProduct(deps, ...asked),
  });
  const { kysely } = deps.db;
  return {
    decide: (...asked) => decide(kysely, make, ...asked),
    decideLate: (...asked) => decideLate(make, ...asked),
  };
}

/**
 * The decision on a customer's change. A stored decision stands. Otherwise the current rules decide on the target
 * that Microsoft's operation names. Undefined if the operation needs no decision, has ended, or names no target.
 */
async function decide(
  db: Db['kysely'],
  make: MakeDecision,
  operation: MarketplaceOperation,
  found: Waiting & { readonly state: ChangedSubscription | undefined },
  context: Context,
): Promise<PolicyDecision | undefined> {
  const { state: subscription, ...waiting } = found;
  if (!needsDecision(operation.action)) return undefined;
  const made = await decisionMade(db, operation);
  if (made) return made;
  const change = requestedChange(operation);
  if (!isOpen(operation) || !change || !subscription) return undefined;
  const origin = await originOf(db, operation);
  const policy = await readPolicy(db, subscription.publisherId);
  const before = await beforeChange(db, { operation, subscription, change });
  return await make(
    policy,
    { operation, subscription: before, change, origin, ...waiting },
    context,
  );
}

/**
 * The decision on a change that Microsoft carried out before it was decided, by the rules of that time. It is
 * made only while our record still shows the values from before the change (so it comes before the reading),
 * and only under rules that existed when the notification arrived. Undefined: the change stands.
 */
async function decideLate(
  make: MakeDecision,
  operation: MarketplaceOperation,
  found: { readonly known: KnownOperation; readonly receivedAt: Date | undefined },
  context: Context,
): Promise<PolicyDecision | undefined> {
  const { known, receivedAt } = found;
  const { before, policy, row } = known;
  const change = requestedChange(operation);
  if (!receivedAt || !mayBeDecidedLate(operation) || !change) return undefined;
  if (toDecision(row) || !before || !policy) return undefined;
  const isOlder = policy.since !== undefined && policy.since <= receivedAt;
  if (!isOlder || !mayRefuse(policy, change.action)) return undefined;
  const origin = originFrom(known, operation);
  if (isRevert(before.state, change) || origin !== 'marketplace') return undefined;
  const question = { operation, subscription: before.state, change, origin, receivedAt };
  return await make(policy, question, context);
}

/** Whether the operation is a change that Microsoft has carried out, and that a rule may still concern. */
export function mayBeDecidedLate(operation: MarketplaceOperation): boolean {
  return operation.status === 'Succeeded' && requestedChange(operation) !== undefined;
}

/**
 * The values that the change replaces. If the record already shows the target, either it is right, because
 * Microsoft rolls back a refused change, or it lags behind the change that was accepted last, and that one is
 * in force.
 */
async function beforeChange(
  db: Db['kysely'],
  {
    operation,
    subscription,
    change,
  }: {
    readonly operation: MarketplaceOperation;
    readonly subscription: ChangedSubscription;
    readonly change: RequestedChange;
  },
): Promise<ChangedSubscription> {
  if (!isRevert(subscription, change)) return subscription;
  const key = { subscriptionId: operation.subscriptionId, operationId: operation.id };
  const last = await latestDecision(db, key, operation.action);
  const isInForce = last?.decision === 'accept' && (last.outcome ?? 'succeeded') === 'succeeded';
  if (!isInForce) return subscription;
  return change.action === 'ChangePlan'
    ? { ...subscription, planId: last.toPlanId ?? subscription.planId }
    : { ...subscription, quantity: last.toQuantity ?? subscription.quantity };
}

async function decisionMade(
  db: Db['kysely'],
  { id: operationId, subscriptionId }: MarketplaceOperation,
): Promise<PolicyDecision | undefined> {
  return toDecision(await findOperation(db, { subscriptionId, operationId }));
}
