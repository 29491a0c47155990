import type { ChangeOrigin } from '@landfall/domain/change';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Db } from '../db/schema.ts';
import { openChange, originOfOperation, type ChangeRow } from '../store/changes.ts';
import type { KnownOperation } from '../store/known-operations.ts';

/**
 * Who requested an operation. A change that was requested here was decided before it was sent, so the rules apply
 * only to `marketplace`. The notification may arrive before the answer with the operation's id, so an open change
 * with the same target counts as well.
 */
export async function originOf(
  db: Db['kysely'],
  operation: MarketplaceOperation,
): Promise<ChangeOrigin> {
  const origin = await originOfOperation(db, operation.id);
  if (origin) return origin;
  return originFrom(
    { origin, openChange: await openChange(db, operation.subscriptionId) },
    operation,
  );
}

/** Like {@link originOf}, from what was read before. */
export function originFrom(
  { origin, openChange: change }: Pick<KnownOperation, 'origin' | 'openChange'>,
  operation: MarketplaceOperation,
): ChangeOrigin {
  if (origin) return origin;
  if (change && hasTargetOf(change, operation)) return change.origin;
  return operation.requestSource?.toLowerCase() === 'partner' ? 'publisher' : 'marketplace';
}

export function hasTargetOf(
  change: Pick<ChangeRow, 'kind' | 'planId' | 'quantity'>,
  operation: MarketplaceOperation,
): boolean {
  if (change.kind !== operation.action) return false;
  switch (change.kind) {
    case 'ChangePlan':
      return operation.planId === change.planId;
    case 'ChangeQuantity':
      return operation.quantity === change.quantity;
    default:
      return true;
  }
}
