import { z } from 'zod';
import { inLanguages, text } from './text.ts';

/** No publisher has more exceptions than a person can read; the bound keeps a decision in microseconds. */
const MAX_RULES = 200;
/** Partner Center allows 100 plans per offer; more offers than this nobody sells from one account. */
const MAX_PLANS = 100;
const MAX_OFFERS = 200;

/** A product that is up answers in milliseconds; the rest of the eight seconds is for Microsoft's records. */
const ASK_TIMEOUT_MS = 3_000;
const MAX_ASK_TIMEOUT_MS = 5_000;
const MIN_ASK_TIMEOUT_MS = 100;

/** Two or three sentences on a page. The text is stored with each refusal. */
const MAX_MESSAGE_LENGTH = 500;
/** As many reasons as a product can have. */
const MAX_MESSAGES = 100;

/** Products' own reasons have this form too: a code contains no personal data. */
export const reasonCode = z.stringFormat('reason code', /^[a-z0-9][a-z0-9.-]{0,99}$/);

const planIds = z.array(text(100).min(1)).min(1).max(MAX_RULES);

/**
 * A rule for plan and seat changes that customers request in the marketplace or on the manage page. The
 * first rule that fits decides; if none fits, the change is accepted. Rules never apply to Suspend,
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
      /** Fits when the wanted plan is not among the offer's `plans`. */
      isNotSold: z.literal(true).optional(),
      /** Fits when the wanted plan is below the one in force in the offer's `plans`. */
      isDowngrade: z.literal(true).optional(),
    }),
    z.object({
      action: z.literal('ChangeQuantity'),
      planIds: planIds.optional(),
      /** Fits when the wanted seats are fewer than this. */
      below: z.number().int().positive().optional(),
      /** Fits when the wanted seats are more than this. */
      above: z.number().int().positive().optional(),
    }),
  ]),
  /** `ask`: your product decides, by a signed call; see `ask`. */
  decision: z.enum(['accept', 'refuse', 'ask']),
  /** The text for the customer if the rule refuses: why, and what to do instead. */
  message: inLanguages(MAX_MESSAGE_LENGTH).optional(),
});

export const decisionPolicy = z.object({
  rules: z.array(decisionRule).max(MAX_RULES),
  /** What is sold of an offer, from the lowest plan to the highest. */
  plans: z
    .array(
      z.object({
        /** Absent: of whichever publisher. */
        publisherId: text(100).min(1).optional(),
        offerId: text(100).min(1),
        planIds: z.array(text(100).min(1)).min(1).max(MAX_PLANS),
      }),
    )
    .max(MAX_OFFERS)
    .default([]),
  /** Whom to ask, and what silence means. */
  ask: z
    .object({
      /** One of `destinations`: its URL and its secrets. */
      destinationId: z.uuid(),
      timeoutMs: z
        .number()
        .int()
        .min(MIN_ASK_TIMEOUT_MS)
        .max(MAX_ASK_TIMEOUT_MS)
        .default(ASK_TIMEOUT_MS),
      /** The decision where no clear answer comes in time. */
      onSilence: z.enum(['accept', 'refuse']),
      /** The text for the customer for each reason of your product. Default: the rule's own message. */
      messages: z
        .record(reasonCode, inLanguages(MAX_MESSAGE_LENGTH))
        .refine((messages) => Object.keys(messages).length <= MAX_MESSAGES, {
          error: `at most ${MAX_MESSAGES}`,
        })
        .optional(),
    })
    .optional(),
  /** A change that we refused and that Microsoft carried out all the same is changed back. */
  compensateLateRefusals: z.boolean().default(true),
});

export type DecisionPolicy = z.output<typeof decisionPolicy>;
