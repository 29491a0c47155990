import { z } from 'zod';

/** Why the publisher's rules or product refuse a change. */
const refusal = z.object({
  /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
  reason: z.string(),
  ruleId: z.string().optional(),
  /** Shown to the customer, by language. */
  message: z.record(z.string(), z.string()).optional(),
});

/** A plan that the customer has or can change to, with the decision of the publisher's rules. */
export const planView = z.object({
  planId: z.string(),
  displayName: z.string(),
  description: z.string().optional(),
  isPrivate: z.boolean(),
  isPricePerSeat: z.boolean(),
  minQuantity: z.number().int().optional(),
  maxQuantity: z.number().int().optional(),
  hasFreeTrials: z.boolean(),
  /** Price of each term, per seat for per-seat plans; absent if Microsoft has not sent it. */
  terms: z
    .array(z.object({ termUnit: z.string(), price: z.number(), currency: z.string() }))
    .optional(),
  /**
   * Private offers through which the current plan was bought. Empty: none, so the listed price applies.
   * Absent: Microsoft has not sent them, or this is not the current plan.
   */
  sourceOffers: z.array(z.string()).optional(),
  /** Metered dimensions, with their names for the customer. */
  dimensions: z
    .array(
      z.object({
        id: z.string(),
        displayName: z.string().optional(),
        unitOfMeasure: z.string().optional(),
      }),
    )
    .optional(),
  /** Set if the rules refuse a change to this plan. Absent: they accept it, or the product decides. */
  refusal: refusal.optional(),
});

/** Ranges of seats that the publisher's rules permit or refuse, lowest first. The plan's own limits also apply. */
export const seatRules = z.object({
  permitted: z.array(z.object({ min: z.number().int(), max: z.number().int() })),
  refused: z.array(z.object({ min: z.number().int(), max: z.number().int(), refusal })),
});
