import { knownAction } from '@landfall/domain/operation';
import type { RequestedChange } from '@landfall/domain/policy';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';

/**
 * What a customer's operation asks for. Undefined where the operation does not say, or names seats that
 * nobody can have (0, -1): that is a fault of the reading, and nothing the customer can be refused for.
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

/** Nobody has said yet what becomes of it; a status that we cannot read says nothing. */
export function isOpen(operation: MarketplaceOperation): boolean {
  return !ENDED.has(operation.status);
}

const ENDED: ReadonlySet<MarketplaceOperation['status']> = new Set([
  'Succeeded',
  'Failed',
  'Conflict',
]);
