import { z } from 'zod';
import { subscriptionStatuses } from '@landfall/domain/subscription';
import { changeAccepted, changeSide, operationView } from './change-view.ts';
import { pageOf, pageRequest } from './pages.ts';
import { planView, seatRules } from './plan-view.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import {
  activationStates,
  changeKind,
  changeOrigin,
  provisioningStates,
  subscriptionView,
} from './subscription-view.ts';
import { text } from './text.ts';
import { subscriptionTruths } from './truth-procedures.ts';

export const subscriptionId = z.object({ subscriptionId: text(100).min(1) });

/** Who approved a change, for the audit. */
const requestedBy = z.object({
  /** The person who approved. The publisher must have the customer's explicit approval before a change. */
  approvedBy: text(200).min(1),
  /** Your own id for the change; sending the request again with it is safe. Absent: Landfall creates one. */
  changeId: z.uuid().optional(),
});

/** A sentence or two. */
const MAX_REASON = 500;
/** A short letter: what is missing, and whom to ask. */
const MAX_MESSAGE = 1_000;
/** Several paragraphs. Longer texts belong in a ticket system. */
const MAX_NOTE = 4_000;

/** A note of the publisher's people on a subscription. */
export const noteView = z.object({
  noteId: z.uuid(),
  at: z.iso.datetime(),
  text: z.string(),
  /** Who wrote it: `key <id>` or `operator <tenant>/<object>`. */
  author: z.string(),
});

/** Identity in Microsoft Entra, as in `personView`. 320 is the longest e-mail address (RFC 3696). */
const claimant = z.object({
  tenantId: text(100).optional(),
  objectId: text(100).optional(),
  emailId: text(320).optional(),
});

/** One event in the history of a subscription. `sequence` gives the order. */
export const timelineEntry = z.object({
  sequence: z.number().int(),
  at: z.iso.datetime(),
  /**
   * purchased, activationRequested, approvalRequested, activated, planChanged, …, operationUnconfirmed, driftHealed. With
   * `noteAdded`, `details` has the note's `noteId`, `text` and `author`, until the note is erased.
   */
  kind: z.string(),
  /** What caused it. */
  cause: z.enum(['landing', 'notification', 'command', 'reconcile', 'worker', 'import']),
  operationId: z.string().optional(),
  correlationId: z.string().optional(),
  details: z.record(z.string(), z.unknown()),
});

/** One call to Microsoft about a subscription. */
const exchangeView = z.object({
  id: z.string().optional(),
  at: z.iso.datetime(),
  /** resolve, get, activate, listPlans, changePlan, getOperation, listOperations, updateOperation, … */
  call: z.string(),
  /** HTTP status; absent if no answer came. */
  status: z.number().int().optional(),
  /** Code of the failure, such as marketplace.unavailable. */
  failure: z.string().optional(),
  durationMs: z.number().int(),
  /** Number of the attempt within its call; above 1 after a failure. */
  attempt: z.number().int(),
  /** `x-ms-requestid`, by which Microsoft's support finds the call. */
  requestId: z.string(),
  /** `x-ms-correlationid`, which the timeline and the logs have too. */
  correlationId: z.string(),
  /** Why it was made: the kind of the task, or decision or page. */
  cause: z.string().optional(),
  /** Body of the request. */
  sent: z.unknown().optional(),
  /** Body of the answer. Names, addresses and tokens are replaced by `[removed]`. */
  answer: z.unknown().optional(),
});

/** For whom a subscription waits. */
export const waitingFor = [
  /** The product creates the customer's space before activation. */
  'product',
  /** Microsoft has not confirmed an activation or a change. */
  'microsoft',
  /** The publisher has to approve or decline the purchase. */
  'publisher',
  /** The buyer has not confirmed the purchase on the landing page. */
  'customer',
  /** An activation failed, or a task is parked. */
  'operator',
] as const;

const subscriptionFilter = {
  /**
   * A whole ID (of a subscription, operation or change), or the beginning of a word of the name, an e-mail address, a tenant ID
   * or an object ID. The middle of a word does not match: `toso` does not find Contoso. Several words must all match.
   */
  search: text(200).min(2).optional(),
  status: z.enum(subscriptionStatuses).optional(),
  activation: z.enum(activationStates).optional(),
  provisioning: z.enum(provisioningStates).optional(),
  offerId: text(100).optional(),
  planId: text(100).optional(),
  /** True: only test purchases. False: only real ones. */
  isTestPurchase: z.boolean().optional(),
  waitsFor: z.enum(waitingFor).optional(),
  /** Active or suspended, renews automatically, and its term ends before this time. */
  renewsBefore: z.iso.datetime().optional(),
  /** Active or suspended, does not renew, and its term ends before this time. */
  endsBefore: z.iso.datetime().optional(),
  /** Changed at or after this time. */
  updatedSince: z.iso.datetime().optional(),
};

/** A count stops here, so that it stays cheap. */
export const MAX_COUNTED = 100_000;

/** Subscriptions and requested changes; served by fulfillment-worker. */
export const subscriptionProcedures = {
  subscriptions: {
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      summary:
        'Subscriptions: search by ID, name or e-mail address, and filters. Newest first, or by name or end of term.',
      bodyPath: '/v1/subscriptions/search',
      input: pageRequest.extend(subscriptionFilter).extend({
        sort: z.enum(['newest', 'name', 'endsAt', 'status']).default('newest'),
        /** True: the answer has `total`. Not needed for further pages. */
        withTotal: z.boolean().default(false),
        ...ofPublisher,
      }),
      output: pageOf(subscriptionView).extend({
        /** Only with `withTotal`: how many match. At most 10,000: then there may be more. */
        total: z.number().int().optional(),
        /** What looks like a mistake: an offer or plan that no subscription has. */
        warnings: z.array(z.string()).optional(),
      }),
    }),
    count: query({
      scope: 'subscriptions:read',
      scopedBy: 'publisher',
      http: { method: 'get', path: '/v1/subscriptions/count' },
      bodyPath: '/v1/subscriptions/count',
      summary: 'How many subscriptions match the filters of subscriptions.list.',
      input: z.object(subscriptionFilter).extend(ofPublisher),
      output: z.object({
        /** At most 100,000. */
        count: z.number().int(),
        /** True: there are more. */
        isMore: z.boolean(),
      }),
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
        /** `latest`: by the time of the event, which can differ from the order in which events were recorded. */
        order: z.enum(['oldest', 'newest', 'latest']).default('oldest'),
        /** Only events before this time. */
        until: z.iso.datetime().optional(),
        /** Only the event with this number. */
        sequence: z.number().int().positive().optional(),
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
      summary:
        'Requests activation. Billing starts when Microsoft has confirmed it. If the plan needs your approval, activation waits for it.',
      input: subscriptionId.extend({
        /** The signed-in buyer; absent if an operator activates. */
        claimedBy: claimant.optional(),
        answers: z.record(text(100), text(4000)).optional(),
      }),
      output: subscriptionView,
    }),
    approve: command({
      scope: 'subscriptions:write',
      scopedBy: 'subscription',
      summary:
        'Approves a purchase that waits for your approval. Its activation continues. A repeat changes nothing.',
      input: subscriptionId.extend({
        /** Why, for your own people. Never shown to the buyer. */
        reason: text(MAX_REASON).min(1).optional(),
      }),
      output: subscriptionView,
    }),
    decline: command({
      scope: 'subscriptions:write',
      scopedBy: 'subscription',
      summary:
        'Declines a purchase that waits for your approval, and asks Microsoft to end it. This cannot be undone. If Microsoft has not ended it, a repeat asks again.',
      isDestructive: true,
      input: subscriptionId.extend({
        /** Why, for your own people. Never shown to the buyer. */
        reason: text(MAX_REASON).min(1),
        /** Shown to the buyer on the landing page, as you write it: why, and what to do instead. */
        messageToBuyer: text(MAX_MESSAGE).min(1).optional(),
        dryRun: z.boolean().default(false),
      }),
      output: subscriptionView.extend({
        /** Only with `dryRun`: what declining would do. Nothing was changed. */
        consequences: z.array(z.string()).optional(),
      }),
    }),
    notes: query({
      scope: 'subscriptions:read',
      scopedBy: 'subscription',
      summary:
        'Notes of your own people on a subscription, newest first. Customers never see them.',
      input: pageRequest.extend(subscriptionId.shape),
      output: pageOf(noteView),
    }),
    addNote: command({
      scope: 'subscriptions:write',
      scopedBy: 'subscription',
      summary:
        'Adds a note to a subscription. It also appears on the timeline, but never to customers.',
      input: subscriptionId.extend({ text: text(MAX_NOTE).min(1) }),
      output: noteView,
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
        /** Your own code, shown on the timeline. Only a code, because free text could contain personal data. */
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
      isDestructive: true,
      input: subscriptionId.extend({ ...requestedBy.shape, dryRun: z.boolean().default(false) }),
      output: changeAccepted.extend({
        /** Only with `dryRun`: what a cancellation would do. Nothing was changed, and `changeId` names no change. */
        consequences: z.array(z.string()).optional(),
      }),
    }),
    change: query({
      scope: 'subscriptions:read',
      calledBy: ['landing'],
      scopedBy: 'change',
      http: { method: 'get', path: '/v1/changes/{changeId}' },
      summary: 'One requested change: its state, its origin and its outcome.',
      input: z.object({ changeId: z.uuid() }),
      output: changeAccepted.extend({
        subscriptionId: z.string().optional(),
        kind: changeKind.optional(),
        planId: z.string().optional(),
        quantity: z.number().int().optional(),
        /** Who requested it: the customer on the manage page, or you through an API key or a rule. */
        origin: changeOrigin.optional(),
        /** The values at the time of the request. */
        from: changeSide.optional(),
        requestedAt: z.iso.datetime().optional(),
        settledAt: z.iso.datetime().optional(),
        /**
         * refused, locked, conflict, failed, not-found, not-confirmed, refused-by-publisher, or without-effect:
         * Microsoft reported success, but its record does not show the change.
         */
        failure: z.string().optional(),
        /** Microsoft's own text about its refusal. */
        failureDetail: z.string().optional(),
        /** For changes from the manage page: the decision of your rules or product. */
        reason: z.string().optional(),
        ruleId: z.string().optional(),
        message: z.record(z.string(), z.string()).optional(),
        /** The operation that Microsoft carried out despite a refusal. This change reverses it. */
        compensates: z.string().optional(),
      }),
    }),
    exchanges: query({
      scope: 'subscriptions:read',
      scopedBy: 'subscription',
      summary:
        "Calls to Microsoft about a subscription with Microsoft's answers, newest first: the last 200, for 30 days.",
      input: pageRequest.extend({
        ...subscriptionId.shape,
        /** Only the call with this id. */
        exchangeId: z.stringFormat('exchange', /^[1-9]\d{0,17}$/).optional(),
      }),
      output: pageOf(exchangeView),
    }),
    operations: query({
      scope: 'subscriptions:read',
      scopedBy: 'subscription',
      summary: "Microsoft's operations on a subscription: the decision, its time and the outcome.",
      input: pageRequest.extend(subscriptionId.shape),
      output: pageOf(operationView),
    }),
    ...subscriptionTruths,
  },
} as const;
