import { z } from 'zod';
import { changeOrigins } from '@landfall/domain/change';

/** Identity in Microsoft Entra. `tenantId` and `objectId` are the key; the address is only for display. */
export const personView = z.object({
  tenantId: z.string().optional(),
  objectId: z.string().optional(),
  emailId: z.string().optional(),
});

/** Dates are ISO 8601 in UTC. `termUnit` is a duration from Microsoft's open set: P1M, P3Y, P18M, … */
export const termView = z.object({
  startDate: z.iso.datetime().optional(),
  endDate: z.iso.datetime().optional(),
  termUnit: z.string().optional(),
});

/**
 * In `awaiting-approval`, the publisher has to approve or decline the purchase. In `provisioning`, the product creates the
 * customer's space before Landfall asks Microsoft to activate.
 */
export const activationStates = [
  'none',
  'awaiting-approval',
  'provisioning',
  'requested',
  'confirming',
  'confirmed',
  'failed',
  'declined',
] as const;

/**
 * `bypassed`: Microsoft activated the purchase without Landfall, so there was nothing to approve. `ended`: the purchase ended
 * before anyone decided.
 */
export const approvalStates = ['waiting', 'approved', 'declined', 'bypassed', 'ended'] as const;

export const provisioningStates = ['none', 'requested', 'confirmed', 'failed'] as const;
/** What ends at a deadline: the product's time to answer, an unconfigured purchase, a suspension, or stored personal data. */
export const deadlineKinds = ['provisioning', 'configuration', 'suspension', 'erasure'] as const;

/** Changes that Landfall can request from Microsoft on the customer's behalf. */
export const changeKind = z.enum(['ChangePlan', 'ChangeQuantity', 'Unsubscribe']);

/** Who requested a change; see `changeOrigins` in the domain package. */
export const changeOrigin = z.enum(changeOrigins);

/** A subscription as Landfall knows it. `version` grows by one with each change. */
export const subscriptionView = z.object({
  id: z.string(),
  publisherId: z.string(),
  offerId: z.string(),
  planId: z.string(),
  name: z.string(),
  /** Seats; null if the plan is not sold per seat. Never 0. */
  quantity: z.number().int().nullable(),
  /** NotStarted, PendingFulfillmentStart, Subscribed, Suspended, Unsubscribed. */
  status: z.string(),
  /** Microsoft's status as sent, if Landfall does not know it. `status` is then the last known one. */
  unrecognisedStatus: z.string().optional(),
  term: termView,
  autoRenew: z.boolean(),
  isFreeTrial: z.boolean(),
  /** Microsoft's own mark. `isTestPurchase` covers every kind of test. */
  isTest: z.boolean(),
  /** True if marked as a test, `DryRun`, or from a sandbox. Served like any other purchase, but counted separately. */
  isTestPurchase: z.boolean().optional(),
  /** `DryRun` if Microsoft does not bill; an open set. */
  sessionMode: z.string().optional(),
  /** `Csp` for a partner's integration sandbox; an open set. */
  sandboxType: z.string().optional(),
  /** Ids of the private offers through which the plan was bought; absent until Landfall has read them. */
  sourceOffers: z.array(z.string()).optional(),
  beneficiary: personView,
  purchaser: personView,
  /** What the beneficiary may do in Landfall: Read, Update, Delete. Only Read for CSP purchases. */
  allowedCustomerOperations: z.array(z.string()),
  /** `csp` if a partner bought it for the customer. */
  channel: z.enum(['direct', 'csp']),
  activation: z.object({
    state: z.enum(activationStates),
    requestedAt: z.iso.datetime().optional(),
    /** Code of the failure, if `state` is failed. */
    failure: z.string().optional(),
  }),
  /** The customer's space in the product. Only used if the product must confirm the space before activation. */
  provisioning: z
    .object({
      state: z.enum(provisioningStates),
      /** The product's deadline, while `state` is requested. */
      dueAt: z.iso.datetime().optional(),
      /** Code of the failure, if `state` is failed; `product-silent` if the deadline passed without an answer. */
      failure: z.string().optional(),
    })
    .optional(),
  /** The publisher's approval of the purchase. Absent: this purchase was never held for approval. */
  approval: z
    .object({
      state: z.enum(approvalStates),
      /** When the buyer confirmed the purchase. */
      requestedAt: z.iso.datetime().optional(),
      /** When Microsoft voids the purchase unless it is activated, while `state` is waiting. */
      dueAt: z.iso.datetime().optional(),
      decidedAt: z.iso.datetime().optional(),
      /** Who decided: `key <id>` or `operator <tenant>/<object>`. Erased after the retention period, as are the next two. */
      decidedBy: z.string().optional(),
      /** Why, for your own people. */
      reason: z.string().optional(),
      /** What the buyer reads on the landing page of a declined purchase. */
      messageToBuyer: z.string().optional(),
    })
    .optional(),
  /** Upcoming deadlines: the product's answer, Microsoft's 30 days, and the erasure of personal data. */
  deadlines: z.array(z.object({ kind: z.enum(deadlineKinds), at: z.iso.datetime() })).optional(),
  /** The person who confirmed the purchase on the landing page; absent until then. */
  claimedBy: personView.optional(),
  /**
   * That person's answers to the publisher's questions, by question id. A check is `yes` or `no`. Erased
   * with the other personal data; absent in lists.
   */
  answers: z.record(z.string(), z.string()).optional(),
  /** A requested change that has no outcome yet. */
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
