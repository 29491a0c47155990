import { needsDecision } from '@landfall/domain/operation.ts';
import { decideChange, type PolicyDecision } from '@landfall/domain/policy.ts';
import type { Subscription } from '@landfall/domain/subscription.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';
import type { ObserverDeps } from '../observe-subscription.ts';
import { findOperation, recordDecision, toDecision } from '../store/operations.ts';
import { readPolicy } from '../store/policy.ts';
import { isOpen, requestedChange } from './change-target.ts';
import { isOwnOperation } from './own-operation.ts';

/**
 * The decision on a customer's change: the one that was made first, else by the rules as they are now,
 * upon the target as Microsoft's operation has it. Undefined where there is nothing to decide any more
 * or never was, or no target to decide upon.
 */
export async function decisionFor(
  deps: Pick<ObserverDeps, 'db' | 'now'>,
  operation: MarketplaceOperation,
  state: Pick<Subscription, 'offerId' | 'planId' | 'quantity'> | undefined,
): Promise<PolicyDecision | undefined> {
  const { id: operationId, subscriptionId, action } = operation;
  if (!needsDecision(action)) return undefined;
  const db = deps.db.kysely;
  const key = { subscriptionId, operationId };
  const made = toDecision(await findOperation(db, key));
  if (made) return made;
  const change = requestedChange(operation);
  if (!isOpen(operation) || !change || !state) return undefined;
  const decision: PolicyDecision = (await isOwnOperation(db, operation))
    ? { answer: 'accept' }
    : decideChange(await readPolicy(db), state, change);
  return await recordDecision(db, key, { action, decision, at: deps.now() });
}
