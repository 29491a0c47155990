import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';
import type { Db } from '../db/schema.ts';
import { openChange, type ChangeRow } from '../store/changes.ts';

/**
 * Whether an operation is the publisher's own change: its rules are about customers' changes alone.
 * The notification may be here before the answer that tells us the operation's id, so an open change
 * with the same target counts as well.
 */
export async function isOwnOperation(
  db: Db['kysely'],
  operation: MarketplaceOperation,
): Promise<boolean> {
  if (operation.requestSource?.toLowerCase() === 'partner') return true;
  const row = await db
    .selectFrom('changes')
    .select('id')
    .where('operation_id', '=', operation.id)
    .executeTakeFirst();
  if (row) return true;
  const change = await openChange(db, operation.subscriptionId);
  return change !== undefined && hasTargetOf(change, operation);
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
