import { z } from 'zod';
import { changeOrigin } from './subscription-view.ts';

/** One side of a change: the plan for a plan change, the seats for a seat change. */
export const changeSide = z.object({
  planId: z.string().optional(),
  quantity: z.number().int().optional(),
});

export const changeAccepted = z.object({
  changeId: z.uuid(),
  state: z.enum(['requested', 'sent', 'succeeded', 'failed']),
});

/** An operation of Microsoft's as we handled it; dates are absent where it did not come to that. */
export const operationView = z.object({
  operationId: z.string(),
  action: z.string(),
  decision: z.enum(['accept', 'refuse']).optional(),
  /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
  reason: z.string().optional(),
  ruleId: z.string().optional(),
  /** The text for the customer about a refusal, by language. */
  message: z.record(z.string(), z.string()).optional(),
  /** Who requested it; absent in rows written before this column existed. */
  origin: changeOrigin.optional(),
  /** Plan and seat changes only: the values before the change, and the requested ones. */
  from: changeSide.optional(),
  to: changeSide.optional(),
  decidedAt: z.iso.datetime().optional(),
  /** Eight seconds after the notification: Microsoft's ten, less the way there. */
  deadline: z.iso.datetime().optional(),
  isInTime: z.boolean().optional(),
  answeredAt: z.iso.datetime().optional(),
  /** succeeded, failed, refused, overruled (refused in vain), unsettled. */
  outcome: z.string().optional(),
  settledAt: z.iso.datetime().optional(),
  /** The change back of a refusal in vain. */
  compensatedBy: z.uuid().optional(),
});
