import type { AccessChecks } from '@landfall/publishers/access-checks';
import type { Finding } from '@landfall/service-kit/checks';
import type { Db } from '../db/schema.ts';
import { offersWithSettingsOnly, subscriptionOfEachOffer } from '../store/offers.ts';

/** Each offer costs one call, and the doctor ends within seconds. */
const MAX_OFFERS = 10;

/** Reads the plans of each known offer, through one of its subscriptions. */
export async function checkPlans(
  access: AccessChecks,
  of: { readonly db: Db; readonly ownerId: string | undefined; readonly signal: AbortSignal },
): Promise<Finding> {
  const { db, ownerId, signal } = of;
  const offers = await subscriptionOfEachOffer(db.kysely, ownerId, MAX_OFFERS);
  if (offers.length === 0) {
    return {
      severity: 'unknown',
      finding: 'No subscription is known yet, so the plans of no offer can be read.',
      cause: 'Microsoft shows the plans of an offer only through a subscription.',
      nextStep: 'Buy the offer once as a member of its preview audience.',
    };
  }
  const findings = await Promise.all(
    offers.map(async ({ offerId, subscriptionId }) => ({
      offerId,
      ...(await access.checkCall(
        ({ fulfillment }, call) => fulfillment.listAvailablePlans(subscriptionId, undefined, call),
        signal,
      )),
    })),
  );
  const failed = findings.find(({ severity }) => severity !== 'ok');
  const names = offers.map(({ offerId }) => offerId).join(', ');
  if (!failed) return { severity: 'ok', finding: `The plans of ${names} can be read.` };
  const { offerId, ...finding } = failed;
  return { ...finding, finding: `The plans of ${offerId} cannot be read. ${finding.finding}` };
}

/** Settings for an offer without any subscription are often a wrong offer id. */
export async function checkKnownOffers(db: Db, ownerId: string | undefined): Promise<Finding> {
  const unknown = await offersWithSettingsOnly(db.kysely, ownerId);
  if (unknown.length === 0) {
    return { severity: 'ok', finding: 'Settings exist only for offers that have subscriptions.' };
  }
  return {
    severity: 'warning',
    finding: `Settings exist for ${unknown.join(', ')}, but no subscription of such an offer is known.`,
    cause: 'The offer id is misspelled, or the offer has not been sold yet.',
    nextStep: "Compare it with the Offer ID in Partner Center, on the offer's Offer overview page.",
    details: { offers: unknown.join(', ') },
  };
}
