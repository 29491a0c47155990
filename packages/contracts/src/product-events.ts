import { z } from 'zod';
import { subscriptionFact, subscriptionFactKinds } from './subscription-facts.ts';

/** Version of the events' shape. Added fields keep the number; any other change raises it. */
export const PRODUCT_EVENT_VERSION = 1;

/**
 * Events for the ISV's product: `subscription.<kind>` for each subscription fact, and `ping`, with which
 * an operator tests a destination.
 */
export const productEventTypes = [
  ...subscriptionFactKinds.map((kind) => `subscription.${kind}` as const),
  'ping',
] as const;

export type ProductEventType = (typeof productEventTypes)[number];

/**
 * An event as it is posted to your product. If you have already handled an event with the same `id`, ignore it. People
 * appear only by their Entra ids; read their addresses with `subscriptions.get`.
 */
export const productEvent = z.object({
  id: z.string(),
  type: z.enum(productEventTypes),
  version: z.literal(PRODUCT_EVENT_VERSION),
  occurredAt: z.iso.datetime(),
  /** Absent for `ping`. `version` grows with each change: ignore an event with an older version. */
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
  /** With `accessRequested`: who requests access. Name and address are in `people.waiting`. */
  person: z.object({ tenantId: z.string(), objectId: z.string() }).optional(),
  /**
   * With `provisioningRequested`, `activated` and `claimed`: the buyer's answers by question id. The fact
   * does not hold them, because nothing can be erased from a stream.
   */
  answers: z.record(z.string(), z.string()).optional(),
});

export type ProductEvent = z.output<typeof productEvent>;
