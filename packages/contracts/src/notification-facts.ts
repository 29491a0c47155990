import { z } from 'zod';

/**
 * What the worker needs to process a notification. It reads the operation and the subscription at
 * Microsoft before it acts, so it never applies the plan and quantity given here.
 */
export const notificationReceived = z.object({
  /** Webhook-ingest's id of the stored notification. */
  notificationId: z.uuid(),
  /** The publisher that the caller's token names; absent if the sole publisher has no configured id. */
  publisherId: z.string().optional(),
  /** Microsoft's operation id. Some variants on the wire do not have it. */
  operationId: z.string().optional(),
  subscriptionId: z.string(),
  /** As sent; an open set: ChangePlan, ChangeQuantity, Suspend, Reinstate, Renew, Unsubscribe, Subscribe, … */
  action: z.string(),
  planId: z.string().optional(),
  quantity: z.number().nullable().optional(),
  receivedAt: z.iso.datetime(),
  /** Number of the manual replay; absent the first time. */
  replay: z.number().int().positive().optional(),
  /** The correlation id of the call that delivered it. If absent, that of the message holds. */
  correlationId: z.string().optional(),
  /** The span of that call, as W3C `traceparent`; absent if no trace of it is recorded. */
  traceParent: z.string().optional(),
});

export type NotificationReceived = z.output<typeof notificationReceived>;

/**
 * Notifications that were stored together. Earlier versions published each notification in a message of its own, as the
 * payload itself. Both forms have the same subject, so that no message is skipped, whichever service is updated first.
 */
export const notificationsReceived = z.union([
  z.object({ notifications: z.array(notificationReceived).min(1) }),
  notificationReceived.transform((notification) => ({ notifications: [notification] })),
]);

export type NotificationsReceived = z.output<typeof notificationsReceived>;
