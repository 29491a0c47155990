import { z } from 'zod';
import { changeOrigins } from '@landfall/domain/change';

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

/** `provisioning`: the product makes the customer's space before Microsoft is asked to activate. */
export const activationStates = [
  'none',
  'provisioning',
  'requested',
  'confirming',
  'confirmed',
  'failed',
] as const;

export const provisioningStates = ['none', 'requested', 'confirmed', 'failed'] as const;
export const deadlineKinds = ['provisioning', 'configuration', 'suspension', 'erasure'] as const;

/** What we may ask Microsoft for on the customer's behalf. */
export const changeKind = z.enum(['ChangePlan', 'ChangeQuantity', 'Unsubscribe']);

/** Who requests a change: see `changeOrigins` of the domain. */
export const changeOrigin = z.enum(changeOrigins);

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
  /** As Microsoft marks it; `isTestPurchase` says it of every kind of test. */
  isTest: z.boolean(),
  /** Marked as a test, `DryRun`, or of a sandbox: served like any other, and counted apart. */
  isTestPurchase: z.boolean().optional(),
  /** `DryRun` where Microsoft does not bill; an open set. */
  sessionMode: z.string().optional(),
  /** `Csp` in a partner's integration sandbox; an open set. */
  sandboxType: z.string().optional(),
  /** Ids of the private offers that the plan was bought through; absent until they were read. */
  sourceOffers: z.array(z.string()).optional(),
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
  /** The customer's space in the product, where the publisher wants to hear that it exists. */
  provisioning: z
    .object({
      state: z.enum(provisioningStates),
      /** Until when the product may answer, while `state` is requested. */
      dueAt: z.iso.datetime().optional(),
      /** Code of the failure, when `state` is failed; `product-silent` after the time. */
      failure: z.string().optional(),
    })
    .optional(),
  /** What ends by itself, and when at the latest: the product's time, Microsoft's 30 days, erasure. */
  deadlines: z.array(z.object({ kind: z.enum(deadlineKinds), at: z.iso.datetime() })).optional(),
  /** The person who confirmed the purchase on the landing page; absent while unclaimed. */
  claimedBy: personView.optional(),
  /**
   * What that person answered to the publisher's questions, by the question's id; a check is `yes` or
   * `no`. Erased with the other personal data; absent in lists.
   */
  answers: z.record(z.string(), z.string()).optional(),
  /** A change that we asked Microsoft for and that has no outcome yet. */
  pendingChange: z
    .object({
      changeId: z.uuid(),
      kind: changeKind,
      planId: z.string().optional(),
      quantity: z.number().int().optional(),
      origin: changeOrigin.optional(),
      state: z.enum(['requested', 'sent']),
      requestedAt: z.iso.datetime(),
    })
    .optional(),
  version: z.number().int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export type SubscriptionView = z.output<typeof subscriptionView>;
