import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import type { VisitorRelation } from '../db/schema.ts';
import type { Visitor } from '../web/visitor.ts';

type Known = Pick<Visitor, 'tenantId' | 'objectId' | 'isGuest'>;

/** Compares the visitor with the beneficiary and the purchaser that Microsoft names. */
export function relationOf(
  subscription: Pick<SubscriptionView, 'beneficiary' | 'purchaser'>,
  visitor: Known,
): VisitorRelation {
  const { beneficiary, purchaser } = subscription;
  if (belongsTo(beneficiary, visitor)) return 'beneficiary';
  if (belongsTo(purchaser, visitor)) return beneficiary.tenantId ? 'purchaser' : 'unverifiable';
  return beneficiary.tenantId || purchaser.tenantId ? 'stranger' : 'unverifiable';
}

function belongsTo(person: SubscriptionView['beneficiary'], visitor: Known): boolean {
  if (!same(person.tenantId, visitor.tenantId)) return false;
  // All personal accounts share one tenant, and guests come from another one: for both, only the exact
  // person counts.
  const isColleague = visitor.tenantId !== PERSONAL_ACCOUNTS_TENANT && !visitor.isGuest;
  return isColleague || same(person.objectId, visitor.objectId);
}

function same(known: string | undefined, actual: string): boolean {
  return known !== undefined && known.toLowerCase() === actual.toLowerCase();
}
