import { z } from 'zod';
import { changeAccepted, changeSide, operationView } from './change-view.ts';
import { pageOf, pageRequest } from './pages.ts';
import { planView, seatRules } from './plan-view.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { changeKind, changeOrigin, subscriptionView } from './subscription-view.ts';
import { text } from './text.ts';

export const subscriptionId = z.object({ subscriptionId: text(100).min(1) });

/** Who wants the change, for the audit. A program says which of its users approved. */
const requestedBy = z.object({
  /** Explicit approval by the customer is a duty of the publisher before a change is asked for. */
  approvedBy: text(200).min(1),
  /** Your own id of the change: the same request sent again is the same change. Else we make one. */
  changeId: z.uuid().optional(),
});

/** Identity in Microsoft Entra, as `personView`; 320 is the longest e-mail address (RFC 3696). */
const claimant = z.object({
  tenantId: text(100).optional(),
  objectId: text(100).optional(),
  emailId: text(320).optional(),
});

export const timelineEntry = z.object({
  sequence: z.number().int(),
  at: z.iso.datetime(),
  /** purchased, activationRequested, activated, planChanged, …, operationUnconfirmed, driftHealed. */
  kind: z.string(),
  /** What led to it. */
  cause: z.enum(['landing', 'notification', 'command', 'reconcile', 'worker']),
  operationId: z.string().optional(),
  correlationId: z.string().optional(),
  details: z.record(z.string(), z.unknown()),
});

/** Subscriptions and the changes that are requested of them; served by fulfillment-worker. */
export const subscriptionProcedures = {
  subscriptions: {
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary:
        'Subscriptions, newest first. Filters: status, offer, plan, and tests only or without tests.',
      input: pageRequest.extend({
        status: text(50).optional(),
        offerId: text(100).optional(),
        planId: text(100).optional(),
        /** Only test purchases, or only real ones. */
        isTestPurchase: z.boolean().optional(),
        ...ofPublisher,
      }),
      output: pageOf(subscriptionView),
    }),
    get: query({
      scope: 'subscriptions:read',
      calledBy: ['landing', 'billing-sync'],
      scopedBy: 'subscription',
      summary: 'One subscription, as Landfall knows it.',
      input: subscriptionId,
      output: subscriptionView,
    }),
    timeline: query({
      scope: 'subscriptions:read',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary: 'What happened to a subscription and why, oldest or newest first.',
      input: pageRequest.extend({
        ...subscriptionId.shape,
        order: z.enum(['oldest', 'newest']).default('oldest'),
      }),
      output: pageOf(timelineEntry),
    }),
    availablePlans: query({
      scope: 'subscriptions:read',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary:
        'Plans that Microsoft currently offers this customer, and the changes that your rules refuse.',
      input: subscriptionId,
      output: z.object({ plans: z.array(planView), seats: seatRules.optional() }),
    }),
    activate: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary: 'Requests activation. Billing starts when Microsoft has confirmed it.',
      input: subscriptionId.extend({
        /** The signed-in buyer; absent when an operator activates. */
        claimedBy: claimant.optional(),
        answers: z.record(text(100), text(4000)).optional(),
      }),
      output: subscriptionView,
    }),
    confirmProvisioned: command({
      scope: 'subscriptions:write',
      scopedBy: 'subscription',
      summary: "Confirms that the customer's space is ready. A waiting activation continues.",
      input: subscriptionId,
      output: subscriptionView,
    }),
    failProvisioning: command({
      scope: 'subscriptions:write',
      scopedBy: 'subscription',
      summary:
        "Reports that the customer's space cannot be created. A waiting activation fails, and nothing is billed.",
      input: subscriptionId.extend({
        /** A code of yours, shown on the timeline; no free text, so that no personal data gets there. */
        reason: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/),
      }),
      output: subscriptionView,
    }),
    changePlan: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary: 'Asks Microsoft for another plan. The plan changes when Microsoft has confirmed it.',
      input: subscriptionId.extend({ planId: text(100).min(1), ...requestedBy.shape }),
      output: changeAccepted,
    }),
    changeQuantity: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary:
        'Asks Microsoft for another number of seats. The seats change when Microsoft has confirmed it.',
      input: subscriptionId.extend({ quantity: z.number(), ...requestedBy.shape }),
      output: changeAccepted,
    }),
    cancel: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      scopedBy: 'subscription',
      summary: 'Asks Microsoft to end the subscription. This cannot be undone.',
      input: subscriptionId.extend(requestedBy.shape),
      output: changeAccepted,
    }),
    change: query({
      scope: 'subscriptions:read',
      calledBy: ['landing'],
      scopedBy: 'change',
      summary: 'The state of a requested change.',
      input: z.object({ changeId: z.uuid() }),
      output: changeAccepted.extend({
        subscriptionId: z.string().optional(),
        kind: changeKind.optional(),
        planId: z.string().optional(),
        quantity: z.number().int().optional(),
        /** Who requested it: the customer on the manage page, or you by API key or rule. */
        origin: changeOrigin.optional(),
        /** The values in force when it was requested. */
        from: changeSide.optional(),
        requestedAt: z.iso.datetime().optional(),
        settledAt: z.iso.datetime().optional(),
        /**
         * refused, locked, conflict, failed, not-found, not-confirmed; refused-by-publisher; without-effect:
         * Microsoft reported success, but its record does not show the change.
         */
        failure: z.string().optional(),
        /** Microsoft's own text about a refusal. */
        failureDetail: z.string().optional(),
        /** The decision of your rules or product on a change that the customer requested on the manage page. */
        reason: z.string().optional(),
        ruleId: z.string().optional(),
        message: z.record(z.string(), z.string()).optional(),
        /** The operation that we refused without effect. This change reverses it. */
        compensates: z.string().optional(),
      }),
    }),
    operations: query({
      scope: 'subscriptions:read',
      scopedBy: 'subscription',
      summary: "Microsoft's operations on a subscription: the decision, its time and the outcome.",
      input: pageRequest.extend(subscriptionId.shape),
      output: pageOf(operationView),
    }),
  },
} as const;
