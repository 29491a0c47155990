import { z } from 'zod';
import { subscriptionFact, subscriptionFactKinds } from './subscription-facts.ts';

/** Version of the events' shape. Added fields keep the number; any other change raises it. */
export const PRODUCT_EVENT_VERSION = 1;

/** Events about usage. `usage.settled`: an hour was billed. */
export const usageEventTypes = [
  'usage.refused',
  'usage.writtenOff',
  'usage.thresholdCrossed',
  'usage.settled',
] as const;

/**
 * Types that a destination gets only if its `types` name them. There is one `usage.settled` for each billed hour, which
 * would flood a product that did not ask for it.
 */
export const optInEventTypes: readonly ProductEventType[] = ['usage.settled'];

/**
 * Events for the publisher's product: `subscription.<kind>` for each subscription fact, {@link usageEventTypes}, and `ping`,
 * which tests a destination.
 */
export const productEventTypes = [
  ...subscriptionFactKinds.map((kind) => `subscription.${kind}` as const),
  ...usageEventTypes,
  'ping',
] as const;

export type ProductEventType = (typeof productEventTypes)[number];

/** The usage that an event is about: one hour, or for `usage.thresholdCrossed` a term. */
const usageOfEvent = z.object({
  subscriptionId: z.string(),
  publisherId: z.string(),
  offerId: z.string(),
  planId: z.string(),
  dimension: z.string(),
  /** Start of the UTC hour. Absent for `usage.thresholdCrossed`. */
  hour: z.iso.datetime().optional(),
  /**
   * Decimal text. The hour's units for Microsoft: those above the included quantity, and those carried from other hours. For
   * `usage.thresholdCrossed`: the term's units above the included quantity.
   */
  quantity: z.string(),
  /** Microsoft's status of the hour; an open set: Accepted, Duplicate, Expired, … Absent for `usage.thresholdCrossed`. */
  status: z.string().optional(),
  /** Why the hour is not billed as reported, such as `quantity-mismatch` or `expired`. */
  problem: z.string().optional(),
  /** Microsoft's id of the usage event. */
  usageEventId: z.string().optional(),
  /** Only for `usage.thresholdCrossed`: the limit that you set, as decimal text. */
  limit: z.string().optional(),
  /** Only for `usage.thresholdCrossed`: when the term began, if that is known. */
  termStart: z.iso.datetime().optional(),
  /** True for a test purchase. */
  isTest: z.boolean().optional(),
});

/**
 * An event as it is posted to your product. If you have already handled an event with the same `id`, ignore it. People
 * appear only by their Entra ids; read their addresses with `subscriptions.get`.
 */
export const productEvent = z.object({
  id: z.string(),
  type: z.enum(productEventTypes),
  version: z.literal(PRODUCT_EVENT_VERSION),
  occurredAt: z.iso.datetime(),
  /** Absent for `ping` and usage events. `version` grows with each change: ignore an event with an older version. */
  subscription: subscriptionFact.shape.subscription
    .extend({
      beneficiary: z.object({
        tenantId: z.string().optional(),
        objectId: z.string().optional(),
      }),
    })
    .optional(),
  /** Only in usage events. */
  usage: usageOfEvent.optional(),
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
