import { knownAction } from '@landfall/domain/operation.ts';
import type { RequestedChange } from '@landfall/domain/policy.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';

/** What a customer's operation asks for; undefined where the operation does not say. */
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

/** Nobody has said yet what becomes of it. */
export function isOpen(operation: MarketplaceOperation): boolean {
  return operation.status === 'InProgress' || operation.status === 'NotStarted';
}
