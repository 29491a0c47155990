import { z } from 'zod';
import { command, query } from './procedures.ts';
import { text } from './text.ts';

const subscriptionId = z.object({ subscriptionId: text(100).min(1) });

/** What Microsoft, Landfall and the product can each know about a subscription. A field is absent if a side does not know it. */
export const comparedValues = z.object({
  /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed, or Microsoft's own word. */
  status: z.string().optional(),
  offerId: z.string().optional(),
  planId: z.string().optional(),
  /** Seats; null if the plan is not sold per seat. */
  quantity: z.number().nullable().optional(),
  termStart: z.string().optional(),
  termEnd: z.string().optional(),
  autoRenew: z.boolean().optional(),
  isFreeTrial: z.boolean().optional(),
});

export type ComparedValues = z.output<typeof comparedValues>;

/** One field in which two sides differ. */
export const truthDifference = z.object({
  field: comparedValues.keyof(),
  /** `landfall-product`: the product's last acknowledged event has another value than Landfall. */
  between: z.enum(['microsoft-landfall', 'landfall-product']),
  microsoft: z.unknown().optional(),
  landfall: z.unknown().optional(),
  product: z.unknown().optional(),
  destinationId: z.string().optional(),
  /** What differs, and what will happen or what to do, in English. */
  sentence: z.string(),
});

const microsoftsTruth = z.object({
  /** `none`: no reading is stored. Landfall stores Microsoft's answers for 30 days. */
  state: z.enum(['read', 'missing', 'none']),
  readAt: z.iso.datetime().optional(),
  values: comparedValues.optional(),
  /** Microsoft's answer. Names, addresses and tokens are replaced by `[removed]`. */
  record: z.unknown().optional(),
  /** By which Microsoft's support finds the call. */
  requestId: z.string().optional(),
});

const productsTruth = z.object({
  destinationId: z.string(),
  label: z.string(),
  isEnabled: z.boolean(),
  /** The last event that the destination acknowledged. Absent: none yet. */
  acknowledged: z
    .object({
      deliveryId: z.string(),
      type: z.string(),
      at: z.iso.datetime(),
      /** Version of the subscription in the event. */
      version: z.number().int().optional(),
      values: comparedValues,
    })
    .optional(),
  /** Events that the destination did not acknowledge yet. */
  waiting: z.number().int(),
  /** The oldest of them. */
  waitsSince: z.iso.datetime().optional(),
  /** Events that were given up after the last attempt. */
  dead: z.number().int(),
});

/** Microsoft's, Landfall's and the product's view of one subscription; served by fulfillment-worker, part of `subscriptions`. */
export const subscriptionTruths = {
  truths: query({
    scope: 'subscriptions:read',
    scopedBy: 'subscription',
    summary:
      "Microsoft's last reading, Landfall's record, and what each product has acknowledged, with every difference.",
    input: subscriptionId,
    output: z.object({
      subscriptionId: z.string(),
      microsoft: microsoftsTruth,
      landfall: z.object({
        version: z.number().int(),
        updatedAt: z.iso.datetime(),
        values: comparedValues,
      }),
      /** One for each destination of the channel `product` that gets events about this subscription. */
      products: z.array(productsTruth),
      differences: z.array(truthDifference),
    }),
  }),
  reread: command({
    scope: 'subscriptions:write',
    scopedBy: 'subscription',
    summary: "Reads Microsoft's record now, applies it as usual, and says what changed.",
    input: subscriptionId,
    output: z.object({
      subscriptionId: z.string(),
      readAt: z.iso.datetime(),
      /** False: Microsoft does not know the subscription. */
      isKnown: z.boolean(),
      /** The fields of Landfall's record that the reading changed. */
      changes: z.array(
        z.object({
          field: comparedValues.keyof(),
          before: z.unknown().optional(),
          after: z.unknown().optional(),
        }),
      ),
      version: z.number().int(),
    }),
  }),
} as const;
