import { needsDecision } from '@landfall/domain/operation.ts';
import { isRevert, mayRefuse, type PolicyDecision } from '@landfall/domain/policy.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';
import type { AskDeps, ChangedSubscription } from '../decisions/ask-product.ts';
import { makeDecision } from '../decisions/make-decision.ts';
import { findOperation, toDecision } from '../store/operations.ts';
import { readPolicy } from '../store/policy.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { Context } from '../store/timeline.ts';
import { isOpen, requestedChange } from './change-target.ts';
import { originOf } from './own-operation.ts';

/** When the notification came, and how long anybody waits for the decision. */
export interface Waiting {
  readonly receivedAt: Date | undefined;
  readonly answerBy?: Date | undefined;
}

/**
 * The decision on a customer's change: the one that was made first, else by the rules as they are now,
 * upon the target as Microsoft's operation has it. Undefined where there is nothing to decide any more
 * or never was, or no target to decide upon.
 */
export async function decisionFor(
  deps: AskDeps,
  operation: MarketplaceOperation,
  found: Waiting & { readonly state: ChangedSubscription | undefined },
  context: Context,
): Promise<PolicyDecision | undefined> {
  const { state: subscription, ...waiting } = found;
  if (!needsDecision(operation.action)) return undefined;
  const made = await decisionMade(deps, operation);
  if (made) return made;
  const change = requestedChange(operation);
  if (!isOpen(operation) || !change || !subscription) return undefined;
  const db = deps.db.kysely;
  const origin = await originOf(db, operation);
  const policy = await readPolicy(db, subscription.publisherId);
  return await makeDecision(
    deps,
    policy,
    { operation, subscription, change, origin, ...waiting },
    context,
  );
}

/**
 * The decision on a change that Microsoft has carried out before anybody could decide: what the rules
 * of that time say of it, late as it is. Only while our record is still the one from before the change
 * (so it is asked for before the change is observed), and only under rules that were there when the
 * notification came. Undefined: the change stands.
 */
export async function belatedDecision(
  deps: AskDeps,
  operation: MarketplaceOperation,
  receivedAt: Date | undefined,
  context: Context,
): Promise<PolicyDecision | undefined> {
  const change = requestedChange(operation);
  if (operation.status !== 'Succeeded' || !change || !receivedAt) return undefined;
  if (await decisionMade(deps, operation)) return undefined;
  const db = deps.db.kysely;
  const known = await findSubscription(db, operation.subscriptionId);
  if (!known) return undefined;
  const policy = await readPolicy(db, known.state.publisherId);
  const isOlder = policy.since !== undefined && policy.since <= receivedAt;
  if (!isOlder || !mayRefuse(policy, change.action)) return undefined;
  const origin = await originOf(db, operation);
  if (isRevert(known.state, change) || origin !== 'marketplace') return undefined;
  const question = { operation, subscription: known.state, change, origin, receivedAt };
  return await makeDecision(deps, policy, question, context);
}

async function decisionMade(
  deps: Pick<AskDeps, 'db'>,
  { id: operationId, subscriptionId }: MarketplaceOperation,
): Promise<PolicyDecision | undefined> {
  return toDecision(await findOperation(deps.db.kysely, { subscriptionId, operationId }));
}
