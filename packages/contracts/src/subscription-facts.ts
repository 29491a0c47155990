import { z } from 'zod';
import { changeOrigins } from '@landfall/domain/change';
import type { SubscriptionEvent } from '@landfall/domain/events';
import { termView } from './subscription-view.ts';

/** What is published without an event of the domain: neither changes a subscription. */
type OtherKind = 'changeRefused' | 'accessRequested';

/** Kinds of facts about a subscription: domain events by their own names. `subjects.ts` says what each one means. */
export const subscriptionFactKinds = [
  'purchased',
  'approvalRequested',
  'approvalDue',
  'approved',
  'declined',
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
] as const satisfies readonly (SubscriptionEvent['type'] | OtherKind)[];

export type SubscriptionFactKind = (typeof subscriptionFactKinds)[number];

/**
 * A fact about one subscription, with the whole state after it: a consumer that missed a fact is up to
 * date after the next one. `version` grows by one with each change, so consumers can ignore older facts.
 * Contains no personal data.
 */
export const subscriptionFact = z.object({
  /** Computed from subscription, kind and cause: the same fact always has the same id. */
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
    /** A test or sandbox purchase: serve it, but count it separately. Absent in facts published before this field existed. */
    isTest: z.boolean().optional(),
    /** Time of purchase, if Microsoft has sent it. */
    purchasedAt: z.iso.datetime().optional(),
    autoRenew: z.boolean().optional(),
    /** Entra tenants of beneficiary and purchaser. Facts never name people. */
    beneficiaryTenantId: z.string().optional(),
    purchaserTenantId: z.string().optional(),
    version: z.number().int(),
  }),
  /** The values before the change, for kinds that report one. */
  previous: z
    .object({
      planId: z.string().optional(),
      quantity: z.number().int().nullable().optional(),
      /** With `beneficiaryChanged` and `purchaserChanged`. Absent: Microsoft had not named an organisation. */
      tenantId: z.string().optional(),
    })
    .optional(),
  /** Code of the refusing rule or the failure, or `trial-converted`, or `trial-ended`. */
  reason: z.string().optional(),
  /**
   * The deadline that the kind is about: the product's answer, the end of the purchase (also while it waits for approval) or
   * suspension at Microsoft, or the erasure of personal data in Landfall.
   */
  dueAt: z.iso.datetime().optional(),
  /** With `changeRefused`: the refused change. */
  refused: z
    .object({
      action: z.string(),
      /** Who requested the change. */
      origin: z.enum(changeOrigins),
      /** Id of the change, if it was requested on the manage page. */
      changeId: z.string().optional(),
      planId: z.string().optional(),
      quantity: z.number().int().optional(),
    })
    .optional(),
});

export type SubscriptionFact = z.output<typeof subscriptionFact>;
