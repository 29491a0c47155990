import { knownAction } from '@landfall/domain/operation.ts';
import type { RequestedChange } from '@landfall/domain/policy.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';

/** Stands for a number that is none of seats, such as 0 or -1: the domain refuses it. */
const NO_SEATS = 0;

/** What a customer's operation asks for; undefined where the operation does not say. */
export function requestedChange(operation: MarketplaceOperation): RequestedChange | undefined {
  const { planId, quantity } = operation;
  switch (knownAction(operation.action)) {
    case 'ChangePlan':
      return planId === undefined ? undefined : { action: 'ChangePlan', planId };
    case 'ChangeQuantity':
      if (quantity !== null) return { action: 'ChangeQuantity', quantity };
      return operation.problems.includes('quantity-invalid')
        ? { action: 'ChangeQuantity', quantity: NO_SEATS }
        : undefined;
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
