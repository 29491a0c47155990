import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { relationOf } from '../purchase/visitor-relation.ts';
import type { Member } from '../store/members.ts';
import type { Visitor } from '../web/visitor.ts';
import type { Identity, Role } from '../db/schema.ts';

/** What a signed-in person is to a subscription. */
export type Standing =
  /** Has a role. `isNew`: the person who bought or linked it, on the first visit. */
  | { readonly kind: 'member'; readonly role: Role; readonly isNew: boolean }
  /** Of the organisation that it is for, without a role. */
  | { readonly kind: 'colleague'; readonly request: 'none' | 'waiting' | 'refused' }
  /** Everybody else, guests of the organisation too: for them the subscription is not there. */
  | { readonly kind: 'stranger' };

/**
 * Tenant and object id decide, and the beneficiary that Microsoft names now: a role that was given when
 * the subscription was another organisation's is worth nothing. Whoever bought or linked it is its first
 * owner, unless an owner has said otherwise since.
 */
export function standingOf(
  subscription: Pick<SubscriptionView, 'beneficiary' | 'purchaser' | 'claimedBy'>,
  visitor: Pick<Visitor, 'tenantId' | 'objectId' | 'isGuest'>,
  { member, at }: { member: Pick<Member, 'role' | 'decided_at'> | undefined; at: Date },
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

/** A "no" can be asked again after this: long enough not to be a nuisance, short enough for a mistake. */
const ASK_AGAIN_MS = 24 * 60 * 60 * 1000;

/** A refusal before this is over, and may be followed by another request. */
export function refusedBefore(at: Date): Date {
  return new Date(at.getTime() - ASK_AGAIN_MS);
}

function requestOf(
  member: Pick<Member, 'decided_at'> | undefined,
  at: Date,
): 'none' | 'waiting' | 'refused' {
  if (!member) return 'none';
  if (!member.decided_at) return 'waiting';
  return member.decided_at < refusedBefore(at) ? 'none' : 'refused';
}

/** Where Microsoft names no tenant, whoever linked it is all that is known. */
function isOfTenantOf({ tenantId }: SubscriptionView['beneficiary'], visitor: Identity): boolean {
  return tenantId === undefined || tenantId.toLowerCase() === visitor.tenantId;
}

function isPerson(person: SubscriptionView['claimedBy'], visitor: Identity): boolean {
  return (
    person?.objectId?.toLowerCase() === visitor.objectId &&
    person.tenantId?.toLowerCase() === visitor.tenantId
  );
}
