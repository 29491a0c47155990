import { z } from 'zod';
import { inLanguages, text } from './text.ts';

/** More rules than anyone could oversee. The bound keeps a decision within microseconds. */
const MAX_RULES = 200;
/** Partner Center allows 100 plans per offer. The number of offers is far above any real account. */
const MAX_PLANS = 100;
const MAX_OFFERS = 200;

/** A healthy product answers in milliseconds. The rest of the eight seconds is for reading Microsoft's records. */
const ASK_TIMEOUT_MS = 3_000;
const MAX_ASK_TIMEOUT_MS = 5_000;
const MIN_ASK_TIMEOUT_MS = 100;

/** Two or three sentences on a page. Each refusal stores its text. */
const MAX_MESSAGE_LENGTH = 500;
/** Far more reasons than a product needs. */
const MAX_MESSAGES = 100;

/** Form of a reason, also of the product's own: a code cannot contain personal data. */
export const reasonCode = z.stringFormat('reason code', /^[a-z0-9][a-z0-9.-]{0,99}$/);

const planIds = z.array(text(100).min(1)).min(1).max(MAX_RULES);

/**
 * A rule for plan and seat changes that customers request in the marketplace or on the manage page. The
 * first matching rule decides; without one, the change is accepted. Rules never apply to Suspend,
 * Reinstate, Renew and Unsubscribe, or to requests by your own API keys.
 */
export const decisionRule = z.object({
  id: text(100).min(1),
  /** Absent: every publisher. */
  publisherId: text(100).min(1).optional(),
  /** Absent: every offer. */
  offerId: text(100).min(1).optional(),
  when: z.discriminatedUnion('action', [
    z.object({
      action: z.literal('ChangePlan'),
      fromPlanIds: planIds.optional(),
      toPlanIds: planIds.optional(),
      /** Matches if the requested plan is not in the offer's `plans`. */
      isNotSold: z.literal(true).optional(),
      /** Matches if the requested plan is below the current plan in the offer's `plans`. */
      isDowngrade: z.literal(true).optional(),
    }),
    z.object({
      action: z.literal('ChangeQuantity'),
      planIds: planIds.optional(),
      /** Matches if fewer seats than this are requested. */
      below: z.number().int().positive().optional(),
      /** Matches if more seats than this are requested. */
      above: z.number().int().positive().optional(),
    }),
  ]),
  /** `ask`: your product decides in a signed call; see `ask` of the policy. */
  decision: z.enum(['accept', 'refuse', 'ask']),
  /** Shown to the customer if the rule refuses: why, and what to do instead. */
  message: inLanguages(MAX_MESSAGE_LENGTH).optional(),
});

/** A publisher's rules for customers' plan and seat changes. */
export const decisionPolicy = z.object({
  rules: z.array(decisionRule).max(MAX_RULES),
  /** The plans that you sell of an offer, from the lowest to the highest. */
  plans: z
    .array(
      z.object({
        /** Absent: every publisher. */
        publisherId: text(100).min(1).optional(),
        offerId: text(100).min(1),
        planIds: z.array(text(100).min(1)).min(1).max(MAX_PLANS),
      }),
    )
    .max(MAX_OFFERS)
    .default([]),
  /** Which product to ask, and what happens if it does not answer. */
  ask: z
    .object({
      /** The destination with the URL and secrets for the call; see `destinations.list`. */
      destinationId: z.uuid(),
      timeoutMs: z
        .number()
        .int()
        .min(MIN_ASK_TIMEOUT_MS)
        .max(MAX_ASK_TIMEOUT_MS)
        .default(ASK_TIMEOUT_MS),
      /** The decision if no clear answer arrives in time. */
      onSilence: z.enum(['accept', 'refuse']),
      /** Text for the customer by your product's reason. Default: the rule's own message. */
      messages: z
        .record(reasonCode, inLanguages(MAX_MESSAGE_LENGTH))
        .refine((messages) => Object.keys(messages).length <= MAX_MESSAGES, {
          error: `Give messages for at most ${MAX_MESSAGES} reasons.`,
        })
        .optional(),
    })
    .optional(),
  /** If true, a change that Microsoft carried out despite a refusal is reversed. */
  compensateLateRefusals: z.boolean().default(true),
});

export type DecisionPolicy = z.output<typeof decisionPolicy>;
