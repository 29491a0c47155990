import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Identity, Role } from '../db/schema.ts';
import { relationOf } from '../purchase/visitor-relation.ts';
import type { Member } from '../store/members.ts';
import type { Visitor } from '../web/visitor.ts';

/** How a signed-in person relates to a subscription. */
export type Standing =
  /** Has a role. `isNew`: bought or linked the subscription and is here for the first time. */
  | { readonly kind: 'member'; readonly role: Role; readonly isNew: boolean }
  /** Belongs to the organisation that the subscription is for, but has no role. */
  | { readonly kind: 'colleague'; readonly request: 'none' | 'waiting' | 'refused' }
  /** Everyone else, including guests of the organisation. For them, the subscription does not exist. */
  | { readonly kind: 'stranger' };

/**
 * Decides by tenant and object id, and by the beneficiary that Microsoft names now: a role from the time when
 * the subscription belonged to another organisation does not count. The person who bought or linked it is the
 * first owner, unless an owner has changed that since.
 */
export function standingOf(
  subscription: Pick<SubscriptionView, 'beneficiary' | 'purchaser' | 'claimedBy'>,
  visitor: Pick<Visitor, 'tenantId' | 'objectId' | 'isGuest'>,
  { member, at }: { member: Pick<Member, 'role' | 'decidedAt'> | undefined; at: Date },
): Standing {
  const { beneficiary, claimedBy } = subscription;
  const isFirst =
    isPerson(beneficiary, visitor) ||
    (isPerson(claimedBy, visitor) && isOfTenantOf(beneficiary, visitor));
  const isOfTenant = relationOf(subscription, visitor) === 'beneficiary';
  if (!isFirst && !isOfTenant) return { kind: 'stranger' };
  if (member?.role) return { kind: 'member', role: member.role, isNew: false };
  if (!member && isFirst) return { kind: 'member', role: 'owner', isNew: true };
  return { kind: 'colleague', request: requestOf(member, at) };
}

/** Pause after a refusal: long enough to prevent pestering, short enough if the refusal was a mistake. */
const ASK_AGAIN_MS = 24 * 60 * 60 * 1000;

/** After a refusal before this time, the person may request access again. */
export function refusedBefore(at: Date): Date {
  return new Date(at.getTime() - ASK_AGAIN_MS);
}

function requestOf(
  member: Pick<Member, 'decidedAt'> | undefined,
  at: Date,
): 'none' | 'waiting' | 'refused' {
  if (!member) return 'none';
  if (!member.decidedAt) return 'waiting';
  return member.decidedAt < refusedBefore(at) ? 'none' : 'refused';
}

/** If Microsoft names no tenant, only the person who linked the subscription is known. */
function isOfTenantOf({ tenantId }: SubscriptionView['beneficiary'], visitor: Identity): boolean {
  return tenantId === undefined || tenantId.toLowerCase() === visitor.tenantId;
}

function isPerson(person: SubscriptionView['claimedBy'], visitor: Identity): boolean {
  return (
    person?.objectId?.toLowerCase() === visitor.objectId &&
    person.tenantId?.toLowerCase() === visitor.tenantId
  );
}
