import { z } from 'zod';
import { changeOrigins } from '@landfall/domain/change';
import { termView } from './subscription-view.ts';

export const subscriptionFactKinds = [
  'purchased',
  'provisioningRequested',
  'provisioningFailed',
  'activated',
  'claimed',
  'activationFailed',
  'planChanged',
  'quantityChanged',
  'changeRefused',
  'accessRequested',
  'suspended',
  'reinstated',
  'renewed',
  'autoRenewChanged',
  'beneficiaryChanged',
  'purchaserChanged',
  'configurationDue',
  'suspensionEnding',
  'unsubscribed',
  'erasureDue',
  'personalDataErased',
] as const;

export type SubscriptionFactKind = (typeof subscriptionFactKinds)[number];

/**
 * A fact about one subscription with the whole state after it, so that a consumer that missed one is
 * right after the next. `version` grows by one with each change: an older fact is recognised and left
 * alone. No personal data.
 */
export const subscriptionFact = z.object({
  /** Function of subscription, kind and cause: the same fact has the same id wherever it comes from. */
  eventId: z.string(),
  kind: z.enum(subscriptionFactKinds),
  occurredAt: z.iso.datetime(),
  operationId: z.string().optional(),
  subscription: z.object({
    id: z.string(),
    publisherId: z.string(),
    offerId: z.string(),
    planId: z.string(),
    quantity: z.number().int().nullable(),
    status: z.string(),
    term: termView,
    isFreeTrial: z.boolean(),
    /** A test, or of a sandbox: serve it, and count it apart. Absent in facts from before this was told. */
    isTest: z.boolean().optional(),
    /** When it was bought, where Microsoft says so. */
    purchasedAt: z.iso.datetime().optional(),
    autoRenew: z.boolean().optional(),
    /** The organisations of beneficiary and purchaser. Facts never name people. */
    beneficiaryTenantId: z.string().optional(),
    purchaserTenantId: z.string().optional(),
    version: z.number().int(),
  }),
  /** What was in force before, where the kind says that something changed. */
  previous: z
    .object({
      planId: z.string().optional(),
      quantity: z.number().int().nullable().optional(),
      /** With `beneficiaryChanged` and `purchaserChanged`. Absent: Microsoft had named no organisation. */
      tenantId: z.string().optional(),
    })
    .optional(),
  /** Why: the code of the refusing rule or of the failure; `trial-converted`, `trial-ended`. */
  reason: z.string().optional(),
  /**
   * The moment that the kind speaks of: until when the product may answer, when Microsoft voids the
   * purchase or ends the suspension, when personal data is erased here.
   */
  dueAt: z.iso.datetime().optional(),
  /** The change that was refused, with `changeRefused`. */
  refused: z
    .object({
      action: z.string(),
      /** Who requested it. */
      origin: z.enum(changeOrigins),
      /** Id of a change that was requested on the manage page. */
      changeId: z.string().optional(),
      planId: z.string().optional(),
      quantity: z.number().int().optional(),
    })
    .optional(),
});

export type SubscriptionFact = z.output<typeof subscriptionFact>;
