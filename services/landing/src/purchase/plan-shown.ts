import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { PlanPrice, ShownOffer } from '../db/schema.ts';
import type { Landing } from '../landing.ts';
import type { Plan } from '../clients/subscriptions.ts';
import { isSameOffer, offerOf } from '../offer-pages/branded-frame.ts';
import { recordOffer, type Visit } from '../store/visits.ts';

/**
 * What a customer pays. `listed`: the price in Microsoft's list, undefined if the list has none for the term.
 * `private`: agreed in a private offer, and in no list. `unknown`: Microsoft has not said which of the two
 * applies, so no amount may be shown.
 */
export type Pricing =
  | { readonly kind: 'listed'; readonly price: PlanPrice | undefined }
  | { readonly kind: 'private' }
  | { readonly kind: 'unknown' };

export interface PlanShown {
  readonly planName: string | undefined;
  readonly pricing: Pricing;
}

/** Of the plan in force. A private offer counts wherever Microsoft has named it. */
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
 * The plan's name and what it costs, for the pages of a visit. Asked for until both are known, then kept
 * with the visit: Microsoft's answer is not worth a wait on every page. `isWorthAsking`: the page shows it.
 */
export async function planShown(
  { db, subscriptions }: Pick<Landing, 'db' | 'subscriptions'>,
  { visit, subscription }: { visit: Visit; subscription: SubscriptionView },
  { isWorthAsking }: { isWorthAsking: boolean },
): Promise<PlanShown> {
  const offer = offerOf(subscription);
  const kept = visit.offer && isSameOffer(visit.offer, offer) ? visit.offer : undefined;
  const keptName = kept && visit.plan_id === offer.planId ? visit.plan_name : undefined;
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

/** A price of another term than the one in force is none. */
function keptPricingOf(kept: ShownOffer | undefined, subscription: SubscriptionView): Pricing {
  if (subscription.sourceOffers?.length || kept?.pricing === 'private') return { kind: 'private' };
  const isSameTerm = kept?.price?.termUnit === subscription.term.termUnit;
  if (kept?.pricing === 'listed' && isSameTerm) return { kind: 'listed', price: kept.price };
  return { kind: 'unknown' };
}
