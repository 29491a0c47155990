import type { Person, Snapshot, Subscription, Term } from './subscription.ts';

/** A reading with a value for every field that Microsoft may leave out. */
export type CompleteSnapshot = Pick<
  Subscription,
  | 'id'
  | 'publisherId'
  | 'offerId'
  | 'planId'
  | 'name'
  | 'quantity'
  | 'purchasedAt'
  | 'term'
  | 'impossibleTerm'
  | 'autoRenew'
  | 'isFreeTrial'
  | 'isTest'
  | 'sessionMode'
  | 'sandboxType'
  | 'beneficiary'
  | 'purchaser'
  | 'allowedCustomerOperations'
> & {
  /** As sent, trimmed; an open set. */
  readonly status: string;
};

/**
 * Completes a reading with the known values of fields that Microsoft left out. It has left out nearly every
 * field before, so an absent field changes nothing, including a free trial. For a new subscription, absent
 * fields get their documented default, and absent rights mean no rights.
 *
 * Seats belong to a plan. If the plan changes and no seats are sent, they are unknown (null): the new plan is
 * probably sold at a flat rate, and the old number would be wrong in any case.
 */
export function complete(seen: Snapshot, known: Subscription | undefined): CompleteSnapshot {
  const isSamePlan = !seen.planId || seen.planId === known?.planId;
  const kept = isSamePlan ? known?.quantity : null;
  return {
    id: seen.id,
    publisherId: known?.publisherId || seen.publisherId,
    offerId: known?.offerId || (seen.offerId ?? ''),
    planId: seen.planId || (known?.planId ?? ''),
    name: seen.name ?? known?.name ?? '',
    quantity: (seen.quantity === undefined ? kept : seen.quantity) ?? null,
    status: seen.status ?? known?.unrecognisedStatus ?? known?.status ?? 'Unknown',
    purchasedAt: known?.purchasedAt ?? seen.purchasedAt,
    ...completeTerm(seen.term, known),
    autoRenew: seen.autoRenew ?? known?.autoRenew ?? true,
    isFreeTrial: seen.isFreeTrial ?? known?.isFreeTrial ?? false,
    isTest: seen.isTest ?? known?.isTest ?? false,
    sessionMode: completeMode(seen.sessionMode, known?.sessionMode),
    sandboxType: completeMode(seen.sandboxType, known?.sandboxType),
    beneficiary: completePerson(seen.beneficiary, known?.beneficiary ?? {}),
    purchaser: completePerson(seen.purchaser, known?.purchaser ?? {}),
    allowedCustomerOperations:
      seen.allowedCustomerOperations ?? known?.allowedCustomerOperations ?? [],
  };
}

/**
 * Keeps a known end date, without which the next renewal could not be recognised. A term that does not end
 * after its start is impossible and replaces nothing.
 */
function completeTerm(
  seen: Term,
  known: Subscription | undefined,
): Pick<CompleteSnapshot, 'term' | 'impossibleTerm'> {
  const term = {
    startDate: seen.startDate ?? known?.term.startDate,
    endDate: seen.endDate ?? known?.term.endDate,
    termUnit: seen.termUnit ?? known?.term.termUnit,
  };
  const saysDates = seen.startDate !== undefined || seen.endDate !== undefined;
  if (!saysDates) return { term, impossibleTerm: known?.impossibleTerm };
  if (!isImpossible(term)) return { term, impossibleTerm: undefined };
  return { term: known?.term ?? { termUnit: term.termUnit }, impossibleTerm: term };
}

function isImpossible({ startDate, endDate }: Term): boolean {
  return startDate !== undefined && endDate !== undefined && endDate <= startDate;
}

function completeMode(seen: string | null | undefined, known: string | undefined) {
  return seen === undefined ? known : (seen ?? undefined);
}

/** Never mixes fields of two people. */
function completePerson(seen: Person, known: Person): Person {
  const isOtherTenant = isOther(seen.tenantId, known.tenantId);
  const isOtherPerson = isOtherTenant || isOther(seen.objectId, known.objectId);
  return {
    tenantId: seen.tenantId ?? known.tenantId,
    objectId: seen.objectId ?? (isOtherTenant ? undefined : known.objectId),
    emailId: seen.emailId ?? (isOtherPerson ? undefined : known.emailId),
  };
}

function isOther(seen: string | undefined, known: string | undefined): boolean {
  return seen !== undefined && known !== undefined && seen.toLowerCase() !== known.toLowerCase();
}
