import { knownAction } from '@landfall/domain/operation';
import type { RequestedChange } from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';

/**
 * The change that a customer's operation requests. Undefined if the operation does not name it, or names
 * impossible seats (0, -1): that is a faulty reading, for which a customer must not be refused.
 */
export function requestedChange(operation: MarketplaceOperation): RequestedChange | undefined {
  const { planId, quantity } = operation;
  switch (knownAction(operation.action)) {
    case 'ChangePlan':
      return planId === undefined ? undefined : { action: 'ChangePlan', planId };
    case 'ChangeQuantity':
      return quantity === null ? undefined : { action: 'ChangeQuantity', quantity };
    default:
      return undefined;
  }
}

/** Whether the operation has no outcome yet. An unknown status counts as open. */
export function isOpen(operation: MarketplaceOperation): boolean {
  return !ENDED.has(operation.status);
}

const ENDED: ReadonlySet<MarketplaceOperation['status']> = new Set([
  'Succeeded',
  'Failed',
  'Conflict',
]);
