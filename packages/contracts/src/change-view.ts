import { z } from 'zod';
import { changeOrigin } from './subscription-view.ts';

/** The values before or after a change: the plan of a plan change, the seats of a seat change. */
export const changeSide = z.object({
  planId: z.string().optional(),
  quantity: z.number().int().optional(),
});

/** The answer to a requested change. `requested`: stored. `sent`: Microsoft has accepted it and is working on it. */
export const changeAccepted = z.object({
  changeId: z.uuid(),
  state: z.enum(['requested', 'sent', 'succeeded', 'failed']),
  /** What looks like a mistake, such as a plan that no subscription has. The change was requested nevertheless. */
  warnings: z.array(z.string()).optional(),
});

/** Microsoft's operation and how Landfall handled it. Steps that did not happen have no date. */
export const operationView = z.object({
  operationId: z.string(),
  action: z.string(),
  decision: z.enum(['accept', 'refuse']).optional(),
  /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
  reason: z.string().optional(),
  ruleId: z.string().optional(),
  /** Shown to the customer after a refusal, by language. */
  message: z.record(z.string(), z.string()).optional(),
  /** Who requested the change; absent in rows written before this column existed. */
  origin: changeOrigin.optional(),
  /** For plan and seat changes: the previous and the requested values. */
  from: changeSide.optional(),
  to: changeSide.optional(),
  decidedAt: z.iso.datetime().optional(),
  /** Eight seconds after the notification: Microsoft's ten, less two for the network. */
  deadline: z.iso.datetime().optional(),
  isInTime: z.boolean().optional(),
  answeredAt: z.iso.datetime().optional(),
  /** succeeded, failed, refused, overruled (Microsoft carried it out despite the refusal), unsettled. */
  outcome: z.string().optional(),
  settledAt: z.iso.datetime().optional(),
  /** The change that reverses an overruled refusal. */
  compensatedBy: z.uuid().optional(),
});
