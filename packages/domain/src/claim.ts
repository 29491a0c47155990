import type { Person, Subscription } from './subscription.ts';

/** The tenant that all personal Microsoft accounts share. Only the object id tells its people apart. */
export const PERSONAL_ACCOUNTS_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';

/**
 * Whether a person may be recorded as the customer of a subscription. If Microsoft has named the
 * beneficiary's tenant, only a person of that tenant may; otherwise only one of the purchaser's tenant.
 * If neither is named, anyone with the purchase token may, which the landing page checks. A partner
 * (CSP) confirms on behalf of the beneficiary and is never the customer.
 */
export function mayClaim(
  { beneficiary, purchaser }: Pick<Subscription, 'beneficiary' | 'purchaser'>,
  person: Person,
): boolean {
  const owner = beneficiary.tenantId === undefined ? purchaser : beneficiary;
  if (owner.tenantId === undefined) return true;
  if (!isSameId(owner.tenantId, person.tenantId)) return false;
  const isShared = isSameId(owner.tenantId, PERSONAL_ACCOUNTS_TENANT);
  return !isShared || isSameId(owner.objectId, person.objectId);
}

/** The claim after beneficiary or purchaser changed. A claim by a person of another organisation ends. */
export function claimAfter(
  people: Pick<Subscription, 'beneficiary' | 'purchaser'>,
  claimedBy: Person | undefined,
): Person | undefined {
  return claimedBy && mayClaim(people, claimedBy) ? claimedBy : undefined;
}

/** Whether both are the same person with the same address. */
export function isSamePerson(left: Person, right: Person): boolean {
  return (
    isSameId(left.tenantId, right.tenantId) &&
    isSameId(left.objectId, right.objectId) &&
    isSameId(left.emailId, right.emailId)
  );
}

/** Ignores case, as GUIDs and addresses do. */
function isSameId(left: string | undefined, right: string | undefined): boolean {
  return left?.toLowerCase() === right?.toLowerCase();
}
