import { z } from 'zod';
import { reasonCode } from './policy.ts';
import { subscriptionFact } from './subscription-facts.ts';

/** Version of the request's shape. Added fields keep the number; any other change raises it. */
export const DECISION_REQUEST_VERSION = 1;

/**
 * Asks the ISV's product whether to accept a customer's plan or seat change. It is posted while Microsoft,
 * or the customer on the manage page, waits. A repeated request has the same `id`. People appear only by
 * their Entra ids.
 */
export const decisionRequest = z.object({
  id: z.string(),
  type: z.literal('decision.requested'),
  version: z.literal(DECISION_REQUEST_VERSION),
  /** Id of Microsoft's operation, or of the change requested on the manage page. */
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
  /** Later answers are ignored. By Landfall's clock; see `answerWithinMs`. */
  answerBy: z.iso.datetime(),
  /** The same limit in milliseconds since the request was sent, because clocks may differ. */
  answerWithinMs: z.number().int().nonnegative().optional(),
});

export type DecisionRequest = z.output<typeof decisionRequest>;

/** The product's answer, as JSON with status 200. Anything else counts as no answer. */
export const decisionAnswer = z.object({
  answer: z.enum(['accept', 'refuse']),
  /**
   * Your own code, shown on the timeline and in the `changeRefused` event. Only a code, because free text
   * could contain personal data. Anything else is dropped.
   */
  reason: reasonCode.optional().catch(undefined),
});

export type DecisionAnswer = z.output<typeof decisionAnswer>;
