import { isTerminal, type Person, type Subscription } from './subscription.ts';

/** People by the ids and addresses under which they are known, in lower case; or all people of a tenant. */
export interface ErasedPeople {
  readonly objectIds: readonly string[];
  readonly emails: readonly string[];
  readonly wholeTenant?: string | undefined;
}

/**
 * A subscription without these people. While it lives, beneficiary and purchaser stay: Microsoft's record has them, and
 * the next reading would bring them back. Organisations always stay.
 */
export function withoutPeople(known: Subscription, whose: ErasedPeople): Subscription {
  const remaining = (person: Person): Person =>
    isOneOf(person, whose) ? { tenantId: person.tenantId } : person;
  const claimedBy = known.claimedBy && remaining(known.claimedBy);
  if (!isTerminal(known)) return { ...known, claimedBy };
  const { beneficiary, purchaser } = known;
  const isNamed = [beneficiary, purchaser, known.claimedBy].some(
    (one) => one && isOneOf(one, whose),
  );
  return {
    ...known,
    // Buyers choose the name freely, so it may be a person's.
    name: isNamed ? '' : known.name,
    beneficiary: remaining(beneficiary),
    purchaser: remaining(purchaser),
    claimedBy,
  };
}

function isOneOf({ tenantId, objectId, emailId }: Person, whose: ErasedPeople): boolean {
  const has = (values: readonly string[], value: string | undefined) =>
    value !== undefined && values.includes(value.toLowerCase());
  return (
    has(whose.objectIds, objectId) ||
    has(whose.emails, emailId) ||
    (tenantId !== undefined && tenantId.toLowerCase() === whose.wholeTenant?.toLowerCase())
  );
}
