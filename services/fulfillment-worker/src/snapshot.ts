import type { Person, Snapshot, Subscription } from '@landfall/domain/subscription.ts';
import type {
  MarketplaceSubscription,
  Person as WirePerson,
} from '@landfall/marketplace/subscription.ts';

/** By whose access a record was read. */
export interface Reader {
  readonly publisherId: string | undefined;
  /** There is no other: then Microsoft's name for the publisher counts, and ours where it sends none. */
  readonly isSole?: boolean | undefined;
}

/**
 * Microsoft's record in the domain's words. A field that was not sent tells nothing, so what we know
 * stands in for it; of a new subscription it stays empty, and rights that were not sent are none. The
 * publisher never changes: of a new subscription it is the reader.
 */
export function toSnapshot(
  seen: MarketplaceSubscription,
  known: Subscription | undefined,
  reader: Reader,
): Snapshot {
  const operations = seen.allowedCustomerOperations;
  return {
    id: seen.id,
    publisherId: known?.publisherId || publisherOf(seen, reader),
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

function publisherOf(seen: MarketplaceSubscription, { publisherId, isSole }: Reader): string {
  return (isSole ? (seen.publisherId ?? publisherId) : (publisherId ?? seen.publisherId)) ?? '';
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
