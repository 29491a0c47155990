import { z } from 'zod';
import { text } from './text.ts';

/** No publisher has more exceptions than a person can read; the bound keeps a decision in microseconds. */
const MAX_RULES = 200;

const planIds = z.array(text(100).min(1)).min(1).max(MAX_RULES);

/**
 * A rule for customers' plan and seat changes. The first that fits decides; where none fits the
 * change is accepted. Suspend, Reinstate, Renew and Unsubscribe are never subject to rules.
 */
export const decisionRule = z.object({
  id: text(100).min(1),
  /** Absent: every offer. */
  offerId: text(100).min(1).optional(),
  when: z.discriminatedUnion('action', [
    z.object({
      action: z.literal('ChangePlan'),
      fromPlanIds: planIds.optional(),
      toPlanIds: planIds.optional(),
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
  decision: z.enum(['accept', 'refuse']),
});

export const decisionPolicy = z.object({ rules: z.array(decisionRule).max(MAX_RULES) });

export type DecisionPolicy = z.output<typeof decisionPolicy>;
