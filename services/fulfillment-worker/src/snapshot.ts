import type { Person, Snapshot, Subscription } from '@landfall/domain/subscription';
import type {
  MarketplaceSubscription,
  Person as WirePerson,
} from '@landfall/marketplace/subscription';

/** The publisher whose access read the record. */
export interface Reader {
  readonly publisherId: string | undefined;
  /** It is the sole publisher: Microsoft's name for it counts, and ours if Microsoft sends none. */
  readonly isSole?: boolean | undefined;
}

/**
 * Microsoft's record in the domain's words. Fields that were not sent stay absent, and the domain keeps the
 * known values. The publisher never changes: for a new subscription it is the publisher that read it.
 */
export function toSnapshot(
  seen: MarketplaceSubscription,
  known: Subscription | undefined,
  reader: Reader,
): Snapshot {
  const { startDate, endDate, termUnit } = seen.term ?? {};
  return {
    id: seen.id,
    publisherId: known?.publisherId || publisherOf(seen, reader),
    offerId: seen.offerId,
    planId: seen.planId,
    name: seen.name,
    quantity: seen.quantity,
    status: seen.status === 'Unknown' ? undefined : seen.status,
    purchasedAt: seen.created,
    term: { startDate, endDate, termUnit },
    autoRenew: seen.autoRenew,
    isFreeTrial: seen.isFreeTrial,
    isTest: seen.isTest,
    sessionMode: nullIfNone(seen.sessionMode),
    sandboxType: nullIfNone(seen.sandboxType),
    beneficiary: toPerson(seen.beneficiary),
    purchaser: toPerson(seen.purchaser),
    allowedCustomerOperations: seen.allowedCustomerOperations,
  };
}

function publisherOf(seen: MarketplaceSubscription, { publisherId, isSole }: Reader): string {
  return (isSole ? (seen.publisherId ?? publisherId) : (publisherId ?? seen.publisherId)) ?? '';
}

/** Microsoft writes `None` for the ordinary case. */
function nullIfNone(word: string | undefined): string | null | undefined {
  return word?.toLowerCase() === 'none' ? null : word;
}

function toPerson(person: WirePerson | undefined): Person {
  return {
    tenantId: person?.tenantId,
    objectId: person?.objectId,
    emailId: person?.emailId,
  };
}
