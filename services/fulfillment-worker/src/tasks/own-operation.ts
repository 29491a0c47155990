import type { ChangeOrigin } from '@landfall/domain/change.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';
import type { Db } from '../db/schema.ts';
import { openChange, type ChangeRow } from '../store/changes.ts';

/**
 * Who asked for what an operation does. A change that was asked for here was judged before it was sent,
 * so only `marketplace` is left for the rules. The notification may be here before the answer that tells
 * us the operation's id, so an open change with the same target counts as well.
 */
export async function originOf(
  db: Db['kysely'],
  operation: MarketplaceOperation,
): Promise<ChangeOrigin> {
  const row = await db
    .selectFrom('changes')
    .select('origin')
    .where('operation_id', '=', operation.id)
    .executeTakeFirst();
  if (row) return row.origin;
  const change = await openChange(db, operation.subscriptionId);
  if (change && hasTargetOf(change, operation)) return change.origin;
  return operation.requestSource?.toLowerCase() === 'partner' ? 'publisher' : 'marketplace';
}

export function hasTargetOf(change: ChangeRow, operation: MarketplaceOperation): boolean {
  if (change.kind !== operation.action) return false;
  switch (change.kind) {
    case 'ChangePlan':
      return operation.planId === change.plan_id;
    case 'ChangeQuantity':
      return operation.quantity === change.quantity;
    default:
      return true;
  }
}
