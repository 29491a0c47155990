import { z } from 'zod';

/**
 * What the worker needs to look at a notification. Hints only: the worker reads the operation and the
 * subscription at Microsoft before it acts, so plan and quantity here are never applied.
 */
export const notificationReceived = z.object({
  /** Id of the stored notification (ingest's own). */
  notificationId: z.uuid(),
  /** Whose webhook was called, by the caller's token; absent where there is one publisher. */
  publisherId: z.string().optional(),
  /** Microsoft's operation id; absent in the smallest variants seen on the wire. */
  operationId: z.string().optional(),
  subscriptionId: z.string(),
  /** As sent, open: ChangePlan, ChangeQuantity, Suspend, Reinstate, Renew, Unsubscribe, Subscribe, … */
  action: z.string(),
  planId: z.string().optional(),
  quantity: z.number().nullable().optional(),
  receivedAt: z.iso.datetime(),
  /** Grows with each replay by hand; absent the first time. */
  replay: z.number().int().positive().optional(),
});

export type NotificationReceived = z.output<typeof notificationReceived>;
