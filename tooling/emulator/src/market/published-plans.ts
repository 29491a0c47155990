import { z } from 'zod';
import { CATALOGUE, findOffer, type Offer, type Plan, type PublishedPlan } from './catalogue.ts';
import { refuse, type Market, type Refusal } from './market.ts';

interface Published {
  readonly publishedPlans: readonly PublishedPlan[];
}

const dimensionSchema = z.strictObject({
  id: z.string().min(1),
  displayName: z.string(),
  unitOfMeasure: z.string(),
  pricePerUnit: z.number().min(0),
});

const termSchema = z.strictObject({
  termUnit: z.string().regex(/^P[1-9]\d?[MY]$/),
  price: z.number().min(0),
  description: z.string(),
  included: z.record(z.string(), z.union([z.int().min(0), z.literal('unlimited')])).optional(),
});

/** The fields of a plan that change. A new plan needs a name, a description and terms. */
export const planSchema = z.strictObject({
  displayName: z.string().optional(),
  description: z.string().optional(),
  terms: z.array(termSchema).min(1).optional(),
  seats: z.strictObject({ min: z.int().min(1), max: z.int().min(1) }).optional(),
  dimensions: z.array(dimensionSchema).optional(),
  privateTo: z.array(z.guid().toLowerCase()).optional(),
  privateOfferId: z.guid().optional(),
  stopSell: z.boolean().optional(),
  freeTrial: z.boolean().optional(),
  autoActivated: z.boolean().optional(),
});

export type PlanInput = z.input<typeof planSchema>;

/** Every offer with its plans as they are published now. */
export function offersNow(state: Published): readonly Offer[] {
  const withPlansNow = (offer: Offer): Offer => ({
    ...offer,
    plans: plansOf(state, offer.offerId),
  });
  return CATALOGUE.map(withPlansNow);
}

/** The plans of an offer as they are published now. */
export function plansOf({ publishedPlans }: Published, offerId: string): readonly Plan[] {
  const published = publishedPlans.filter((one) => one.offerId === offerId);
  const plans = [...(findOffer(offerId)?.plans ?? []), ...published.map(({ plan }) => plan)];
  return [...new Map(plans.map((plan) => [plan.planId, plan])).values()];
}

export function findPlan(state: Published, offerId: string, planId: string): Plan | undefined {
  return plansOf(state, offerId).find((plan) => plan.planId === planId);
}

/**
 * Publishes a new plan, or another version of a plan. Microsoft fixes prices and included quantities when a
 * plan is published; here they can change, so that a client meets every difference between two readings.
 */
export function publishPlan(
  market: Market,
  at: { readonly offerId: string; readonly planId: string },
  change: z.output<typeof planSchema>,
): Plan | Refusal {
  const { state } = market;
  const { offerId, planId } = at;
  if (!findOffer(offerId)) return refuse('unknown', 'There is no such offer.');
  const merged = { ...findPlan(state, offerId, planId), ...change, planId };
  const { displayName, description, terms } = merged;
  if (displayName === undefined || description === undefined || terms === undefined) {
    return refuse('invalid', 'A new plan needs a displayName, a description and terms.');
  }
  const plan: Plan = { ...merged, displayName, description, terms };
  const others = state.publishedPlans.filter(
    (one) => one.offerId !== offerId || one.plan.planId !== planId,
  );
  state.publishedPlans = [...others, { offerId, plan }];
  market.changed();
  return plan;
}
