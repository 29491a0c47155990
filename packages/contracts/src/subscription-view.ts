import { z } from 'zod';

/** Identity in Microsoft Entra: tenant and object id are the key, the address is for display only. */
export const personView = z.object({
  tenantId: z.string().optional(),
  objectId: z.string().optional(),
  emailId: z.string().optional(),
});

/** Dates are ISO 8601 in UTC; `termUnit` is Microsoft's open set of durations (P1M, P3Y, P18M, …). */
export const termView = z.object({
  startDate: z.iso.datetime().optional(),
  endDate: z.iso.datetime().optional(),
  termUnit: z.string().optional(),
});

export const activationStates = ['none', 'requested', 'confirming', 'confirmed', 'failed'] as const;

export const subscriptionView = z.object({
  id: z.string(),
  publisherId: z.string(),
  offerId: z.string(),
  planId: z.string(),
  name: z.string(),
  /** Seats; null where the plan is not sold per seat. Never 0. */
  quantity: z.number().int().nullable(),
  /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed. */
  status: z.string(),
  /** A status of Microsoft's that we do not know, kept as sent; `status` then is the last known one. */
  unrecognisedStatus: z.string().optional(),
  term: termView,
  autoRenew: z.boolean(),
  isFreeTrial: z.boolean(),
  isTest: z.boolean(),
  beneficiary: personView,
  purchaser: personView,
  /** What the beneficiary may do on our side: Read, Update, Delete. CSP purchases: Read alone. */
  allowedCustomerOperations: z.array(z.string()),
  /** `csp` where a partner bought for the customer. */
  channel: z.enum(['direct', 'csp']),
  activation: z.object({
    state: z.enum(activationStates),
    requestedAt: z.iso.datetime().optional(),
    /** Code of the failure, when `state` is failed. */
    failure: z.string().optional(),
  }),
  /** The person who confirmed the purchase on the landing page; absent while unclaimed. */
  claimedBy: personView.optional(),
  /** A change that we asked Microsoft for and that has no outcome yet. */
  pendingChange: z
    .object({
      changeId: z.uuid(),
      kind: z.enum(['ChangePlan', 'ChangeQuantity', 'Unsubscribe']),
      planId: z.string().optional(),
      quantity: z.number().int().optional(),
      state: z.enum(['requested', 'sent']),
      requestedAt: z.iso.datetime(),
    })
    .optional(),
  version: z.number().int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export type SubscriptionView = z.output<typeof subscriptionView>;
