import { z } from 'zod';
import { reasonCode } from './policy.ts';
import { subscriptionFact } from './subscription-facts.ts';

/** The version of the question's shape. Fields are only ever added; anything else is another number. */
export const DECISION_REQUEST_VERSION = 1;

/**
 * The question whether a customer's plan or seat change is accepted, posted to the ISV's product while
 * Microsoft waits, or the customer on the manage page. `id` stays the same when the question is repeated.
 * No personal data: people are known by their Entra ids.
 */
export const decisionRequest = z.object({
  id: z.string(),
  type: z.literal('decision.requested'),
  version: z.literal(DECISION_REQUEST_VERSION),
  /** Id of Microsoft's operation, or of the change that the customer requested on the manage page. */
  operationId: z.string(),
  /** Where the customer requested the change. */
  askedIn: z.enum(['marketplace', 'manage-page']).optional(),
  /** The subscription before the change. */
  subscription: subscriptionFact.shape.subscription
    .pick({
      id: true,
      publisherId: true,
      offerId: true,
      planId: true,
      quantity: true,
      status: true,
    })
    .extend({
      beneficiary: z.object({
        tenantId: z.string().optional(),
        objectId: z.string().optional(),
      }),
    }),
  change: z.discriminatedUnion('action', [
    z.object({ action: z.literal('ChangePlan'), planId: z.string() }),
    z.object({ action: z.literal('ChangeQuantity'), quantity: z.number().int() }),
  ]),
  /** A later answer is ignored. Measured by our clock; see `answerWithinMs`. */
  answerBy: z.iso.datetime(),
  /** The same limit as a duration since the question was sent, because your clock may differ from ours. */
  answerWithinMs: z.number().int().nonnegative().optional(),
});

export type DecisionRequest = z.output<typeof decisionRequest>;

/** The product's answer: status 200 with this as JSON. Anything else counts as silence. */
export const decisionAnswer = z.object({
  answer: z.enum(['accept', 'refuse']),
  /**
   * A code of your own, for the timeline and the `changeRefused` event. No free text, so that no
   * personal data gets there: what is no code is left out.
   */
  reason: reasonCode.optional().catch(undefined),
});

export type DecisionAnswer = z.output<typeof decisionAnswer>;
