import { z } from 'zod';
import { subscriptionFact, subscriptionFactKinds } from './subscription-facts.ts';

/** The version of the events' shape. Fields are only ever added; anything else is another number. */
export const PRODUCT_EVENT_VERSION = 1;

/**
 * What the ISV's product is told of: each fact under `subscription.<kind>`, and `ping`, which an
 * operator sends to try a destination.
 */
export const productEventTypes = [
  ...subscriptionFactKinds.map((kind) => `subscription.${kind}` as const),
  'ping',
] as const;

export type ProductEventType = (typeof productEventTypes)[number];

/**
 * One event as it is posted. `id` is the fact's own: a receiver that has seen it leaves it alone. People
 * are known by their Entra ids, their addresses are read with `subscriptions.get`.
 */
export const productEvent = z.object({
  id: z.string(),
  type: z.enum(productEventTypes),
  version: z.literal(PRODUCT_EVENT_VERSION),
  occurredAt: z.iso.datetime(),
  /** Absent for `ping`. Its own `version` grows with each change: an older event changes nothing. */
  subscription: subscriptionFact.shape.subscription
    .extend({
      beneficiary: z.object({
        tenantId: z.string().optional(),
        objectId: z.string().optional(),
      }),
    })
    .optional(),
  operationId: z.string().optional(),
  previous: subscriptionFact.shape.previous,
  reason: z.string().optional(),
  dueAt: subscriptionFact.shape.dueAt,
  refused: subscriptionFact.shape.refused,
  /** Who requests access, with `accessRequested`. Name and address are in `people.waiting`. */
  person: z.object({ tenantId: z.string(), objectId: z.string() }).optional(),
  /**
   * What the buyer answered to your questions, by the question's id: with `provisioningRequested`,
   * `activated` and `claimed`. Not in the fact, which cannot be erased from a stream.
   */
  answers: z.record(z.string(), z.string()).optional(),
});

export type ProductEvent = z.output<typeof productEvent>;
