import { z } from 'zod';
import { reasonCode } from './policy.ts';
import { subscriptionFact } from './subscription-facts.ts';

/** The version of the question's shape. Fields are only ever added; anything else is another number. */
export const DECISION_REQUEST_VERSION = 1;

/**
 * The question whether a customer's plan or seat change is accepted, posted to the ISV's product while
 * Microsoft waits, or the customer on the manage page. `id` is the same for one operation however often it is asked. No personal data:
 * people are known by their Entra ids.
 */
export const decisionRequest = z.object({
  id: z.string(),
  type: z.literal('decision.requested'),
  version: z.literal(DECISION_REQUEST_VERSION),
  /** Microsoft's operation; of a change asked for on the manage page the id of that change. */
  operationId: z.string(),
  /** Where the customer asks for it. */
  askedIn: z.enum(['marketplace', 'manage-page']).optional(),
  /** As it is before the change. */
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
  /** An answer that comes later counts as none. By our clock; see `answerWithinMs`. */
  answerBy: z.iso.datetime(),
  /** The same as a duration from the sending of the question, for a machine whose clock is another one. */
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
