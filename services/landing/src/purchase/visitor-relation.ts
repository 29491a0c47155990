import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import type { Visitor } from '../sign-in/id-token.ts';

/**
 * What a signed-in visitor has to do with a purchase. `beneficiary`: of the tenant that it is for, and
 * no guest there. `purchaser`: of the partner's tenant that bought it for somebody else.
 * `unverifiable`: Microsoft does not say whom it is for. `stranger`: none of these.
 */
export type VisitorRelation = 'beneficiary' | 'purchaser' | 'unverifiable' | 'stranger';

type Known = Pick<Visitor, 'tenantId' | 'objectId' | 'isGuest'>;

export function relationOf(
  subscription: Pick<SubscriptionView, 'beneficiary' | 'purchaser'>,
  visitor: Known,
): VisitorRelation {
  const { beneficiary, purchaser } = subscription;
  if (belongsTo(beneficiary, visitor)) return 'beneficiary';
  if (belongsTo(purchaser, visitor)) return beneficiary.tenantId ? 'purchaser' : 'unverifiable';
  return beneficiary.tenantId || purchaser.tenantId ? 'stranger' : 'unverifiable';
}

/**
 * The tenant to whose sign-in somebody can be led to come as who they are there; undefined where Microsoft
 * names none, or where it is that of the personal accounts, to which every such sign-in leads anyway.
 */
export function organisationOf({
  beneficiary: { tenantId },
}: Pick<SubscriptionView, 'beneficiary'>): string | undefined {
  const tenant = tenantId?.toLowerCase();
  return tenant && isTenantId(tenant) && tenant !== PERSONAL_ACCOUNTS_TENANT ? tenant : undefined;
}

/** It becomes part of the authority's address. */
export function isTenantId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function belongsTo(person: SubscriptionView['beneficiary'], visitor: Known): boolean {
  if (!same(person.tenantId, visitor.tenantId)) return false;
  // Personal accounts of the whole world share one tenant, and guests are invited into theirs from
  // elsewhere: of them the person alone counts.
  const isColleague = visitor.tenantId !== PERSONAL_ACCOUNTS_TENANT && !visitor.isGuest;
  return isColleague || same(person.objectId, visitor.objectId);
}

function same(known: string | undefined, actual: string): boolean {
  return known !== undefined && known.toLowerCase() === actual.toLowerCase();
}
