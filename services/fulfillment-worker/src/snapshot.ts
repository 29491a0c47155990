import type { Person, Snapshot, Subscription } from '@landfall/domain/subscription.ts';
import type {
  MarketplaceSubscription,
  Person as WirePerson,
} from '@landfall/marketplace/subscription.ts';

/**
 * Microsoft's record in the domain's words. A field that was not sent tells nothing, so what we know
 * stands in for it; of a new subscription it stays empty, and rights that were not sent are none. The
 * publisher never changes: of a new subscription it is the one by whose access it was read, and the one
 * that Microsoft names where nobody has named ours.
 */
export function toSnapshot(
  seen: MarketplaceSubscription,
  known: Subscription | undefined,
  publisherId: string | undefined,
): Snapshot {
  const operations = seen.allowedCustomerOperations;
  return {
    id: seen.id,
    publisherId: known?.publisherId || publisherId || (seen.publisherId ?? ''),
    offerId: seen.offerId ?? known?.offerId ?? '',
    planId: seen.planId ?? known?.planId ?? '',
    name: seen.name ?? known?.name ?? '',
    quantity: seen.quantity,
    status: seen.status === 'Unknown' ? (known?.status ?? seen.status) : seen.status,
    term: seen.term
      ? {
          startDate: seen.term.startDate,
          endDate: seen.term.endDate,
          termUnit: seen.term.termUnit,
        }
      : (known?.term ?? {}),
    autoRenew: seen.autoRenew ?? known?.autoRenew ?? true,
    isFreeTrial: seen.isFreeTrial,
    isTest: seen.isTest,
    sessionMode: unlessNone(seen.sessionMode),
    sandboxType: unlessNone(seen.sandboxType),
    beneficiary: toPerson(seen.beneficiary),
    purchaser: toPerson(seen.purchaser),
    allowedCustomerOperations:
      operations.length > 0 ? operations : (known?.allowedCustomerOperations ?? []),
  };
}

/** Microsoft's word for the ordinary case, which is the same as not being sent. */
function unlessNone(word: string | undefined): string | undefined {
  return word?.toLowerCase() === 'none' ? undefined : word;
}

function toPerson(person: WirePerson | undefined): Person {
  return {
    tenantId: person?.tenantId,
    objectId: person?.objectId,
    emailId: person?.emailId,
  };
}
