import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Plan, Subscriptions } from '../clients/subscriptions.ts';
import type { Db, PlanPrice, ShownOffer } from '../db/schema.ts';
import { isSameOffer, offerOf } from '../offer-pages/branded-frame.ts';
import { recordOffer, type Visit } from '../store/visits.ts';

/**
 * What a customer pays. `listed`: Microsoft's list price, undefined if the list has none for the term.
 * `private`: a price agreed in a private offer, which is in no list. `unknown`: Microsoft has not said which
 * of the two applies, so no amount may be shown.
 */
export type Pricing =
  | { readonly kind: 'listed'; readonly price: PlanPrice | undefined }
  | { readonly kind: 'private' }
  | { readonly kind: 'unknown' };

export interface PlanShown {
  readonly planName: string | undefined;
  readonly pricing: Pricing;
}

/** The pricing of the current plan. A private offer counts if the subscription or the plan names one. */
export function pricingOf(plan: Plan | undefined, subscription: SubscriptionView): Pricing {
  const { sourceOffers, term } = subscription;
  if (sourceOffers?.length || plan?.sourceOffers?.length) return { kind: 'private' };
  if (!plan?.sourceOffers) return { kind: 'unknown' };
  const found = plan.terms?.find(({ termUnit }) => termUnit === term.termUnit);
  const price = found && {
    amount: found.price,
    currency: found.currency,
    termUnit: found.termUnit,
    isPerSeat: plan.isPricePerSeat,
  };
  return { kind: 'listed', price };
}

/**
 * The plan's name and price for the pages of a visit. They are requested until both are known and then stored
 * with the visit, so that not every page waits for Microsoft. `isWorthAsking`: the page shows them.
 */
export async function planShown(
  {
    db,
    subscriptions,
  }: { readonly db: Db; readonly subscriptions: Pick<Subscriptions, 'knownPlans'> },
  { visit, subscription }: { visit: Visit; subscription: SubscriptionView },
  { isWorthAsking }: { isWorthAsking: boolean },
): Promise<PlanShown> {
  const offer = offerOf(subscription);
  const kept = visit.offer && isSameOffer(visit.offer, offer) ? visit.offer : undefined;
  const keptName = kept && visit.planId === offer.planId ? visit.planName : undefined;
  const keptPricing = keptPricingOf(kept, subscription);
  const isKnown = keptName && keptPricing.kind !== 'unknown';
  const plans = !isKnown && isWorthAsking ? await subscriptions.knownPlans(subscription) : [];
  const plan = plans.find(({ planId }) => planId === offer.planId);
  const asked = pricingOf(plan, subscription);
  const shown = {
    planName: keptName || plan?.displayName || undefined,
    pricing: keptPricing.kind === 'unknown' ? asked : keptPricing,
  };
  if (plan || !kept) {
    const { planName, pricing } = shown;
    await recordOffer(db, visit.id, { offer: { ...offer, ...keep(pricing) }, planName });
  }
  return shown;
}

function keep(pricing: Pricing): Pick<ShownOffer, 'price' | 'pricing'> {
  if (pricing.kind === 'unknown') return {};
  return { pricing: pricing.kind, ...(pricing.kind === 'listed' && { price: pricing.price }) };
}

/** A stored price counts only for the current term. */
function keptPricingOf(kept: ShownOffer | undefined, subscription: SubscriptionView): Pricing {
  if (subscription.sourceOffers?.length || kept?.pricing === 'private') return { kind: 'private' };
  const isSameTerm = kept?.price?.termUnit === subscription.term.termUnit;
  if (kept?.pricing === 'listed' && isSameTerm) return { kind: 'listed', price: kept.price };
  return { kind: 'unknown' };
}
