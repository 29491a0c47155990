import { z } from 'zod';
import { credentialProcedures } from './credential-procedures.ts';
import { deliveryProcedures } from './delivery-procedures.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { decisionPolicy } from './policy.ts';
import { offerSettings, settingsTarget } from './settings.ts';
import { ofPublisher } from './reach.ts';
import { repairProcedures } from './repair-procedures.ts';
import { changeKind, changeOrigin, subscriptionView } from './subscription-view.ts';
import { text } from './text.ts';

const subscriptionId = z.object({ subscriptionId: text(100).min(1) });

/** Ids as a notification has them; the webhook keeps no longer ones. */
const MAX_TOLD_ID = 200;
/** Only known actions are decided on. */
const MAX_TOLD_ACTION = 100;

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

/** Why the publisher refuses a change. */
const refusal = z.object({
  /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
  reason: z.string(),
  ruleId: z.string().optional(),
  /** The text for the customer, by language. */
  message: z.record(z.string(), z.string()).optional(),
});

export const planView = z.object({
  planId: z.string(),
  displayName: z.string(),
  description: z.string().optional(),
  isPrivate: z.boolean(),
  isPricePerSeat: z.boolean(),
  minQuantity: z.number().int().optional(),
  maxQuantity: z.number().int().optional(),
  hasFreeTrials: z.boolean(),
  /** What a term costs, per seat where the plan is sold so; absent where Microsoft does not say. */
  terms: z
    .array(z.object({ termUnit: z.string(), price: z.number(), currency: z.string() }))
    .optional(),
  /**
   * Private offers through which the current plan was bought. Empty: none, so the listed price applies.
   * Absent: Microsoft did not say, or this is not the current plan.
   */
  sourceOffers: z.array(z.string()).optional(),
  /** The metered dimensions, with names for the customer. */
  dimensions: z
    .array(
      z.object({
        id: z.string(),
        displayName: z.string().optional(),
        unitOfMeasure: z.string().optional(),
      }),
    )
    .optional(),
  /** Set if the publisher's rules refuse a change to this plan; absent if they accept it or the product decides. */
  refusal: refusal.optional(),
});

/** Numbers of seats that the publisher's rules permit, lowest first. The plan's own limits apply as well. */
export const seatRules = z.object({
  permitted: z.array(z.object({ min: z.number().int(), max: z.number().int() })),
  refused: z.array(z.object({ min: z.number().int(), max: z.number().int(), refusal })),
});

/** One side of a change: the plan for a plan change, the seats for a seat change. */
const changeSide = z.object({
  planId: z.string().optional(),
  quantity: z.number().int().optional(),
});

/** An operation of Microsoft's as we handled it; dates are absent where it did not come to that. */
export const operationView = z.object({
  operationId: z.string(),
  action: z.string(),
  decision: z.enum(['accept', 'refuse']).optional(),
  /** rule:<id>, product, product:<its reason>, silence:<code>, quantity-invalid. */
  reason: z.string().optional(),
  ruleId: z.string().optional(),
  /** The text for the customer about a refusal, by language. */
  message: z.record(z.string(), z.string()).optional(),
  /** Who requested it; absent in rows written before this column existed. */
  origin: changeOrigin.optional(),
  /** Plan and seat changes only: the values before the change, and the requested ones. */
  from: changeSide.optional(),
  to: changeSide.optional(),
  decidedAt: z.iso.datetime().optional(),
  /** Eight seconds after the notification: Microsoft's ten, less the way there. */
  deadline: z.iso.datetime().optional(),
  isInTime: z.boolean().optional(),
  answeredAt: z.iso.datetime().optional(),
  /** succeeded, failed, refused, overruled (refused in vain), unsettled. */
  outcome: z.string().optional(),
  settledAt: z.iso.datetime().optional(),
  /** The change back of a refusal in vain. */
  compensatedBy: z.uuid().optional(),
});

export const decisionReport = z.object({
  since: z.iso.datetime(),
  accepted: z.number().int(),
  refused: z.number().int(),
  /** Of both: those that came after their deadline, and those that the product was silent on. */
  missedDeadline: z.number().int(),
  silent: z.number().int(),
  /** Refused, and carried out by Microsoft all the same; and of these the ones changed back. */
  overruled: z.number().int(),
  compensated: z.number().int(),
});

export const changeAccepted = z.object({
  changeId: z.uuid(),
  state: z.enum(['requested', 'sent', 'succeeded', 'failed']),
});

export const reconciliationRun = z.object({
  runId: z.uuid(),
  /** Whose list was read; absent where the installation has one publisher. */
  publisherId: z.string().optional(),
  state: z.enum(['running', 'completed', 'failed']),
  dryRun: z.boolean(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  /** Subscriptions that Microsoft listed. */
  listed: z.number().int(),
  unchanged: z.number().int(),
  /** Differences found, and of these the ones that were healed by a reading. */
  drifted: z.number().int(),
  healed: z.number().int(),
  errors: z.number().int(),
  /** Purchases not opened yet, or that ended unopened. Recorded, but not counted as drift. */
  unopened: z.number().int().optional(),
  /** Test purchases that differed. Healed, and no drift. */
  testsDrifted: z.number().int().optional(),
  /** The first drifts and errors, for people; bounded. */
  findings: z.array(
    z.object({
      subscriptionId: z.string(),
      kind: z.string(),
      detail: z.string(),
      /** Why it was not known: `not-told`, `told-without-effect`, `work-waiting`, `work-parked`. */
      cause: z.string().optional(),
    }),
  ),
  failure: z.string().optional(),
  /** A failed run goes on where it stopped, then or when a run is asked for; absent: it is over. */
  continuesAt: z.iso.datetime().optional(),
  /** How much of both sides was compared. */
  coverage: z
    .object({
      pages: z.number().int(),
      isListComplete: z.boolean(),
      /** Subscriptions of ours that Microsoft did not list; they are counted as drifted as well. */
      localOnly: z.number().int(),
      /** Subscriptions whose outstanding operations Microsoft was asked for. */
      askedOperations: z.number().int(),
      /** How often the run went on after it had stopped, and how often the list was begun anew. */
      resumed: z.number().int(),
      begunAnew: z.number().int(),
    })
    .optional(),
});

/** Served by fulfillment-worker; all but `internal` ones are also mounted by the gateway. */
export const fulfillmentProcedures = {
  subscriptions: {
    list: query({
      scope: 'subscriptions:read',
      reach: 'publisher',
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
      reach: 'subscription',
      summary: 'One subscription, as Landfall knows it.',
      input: subscriptionId,
      output: subscriptionView,
    }),
    timeline: query({
      scope: 'subscriptions:read',
      calledBy: ['landing'],
      reach: 'subscription',
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
      reach: 'subscription',
      summary:
        'Plans that Microsoft currently offers this customer, and the changes that your rules refuse.',
      input: subscriptionId,
      output: z.object({ plans: z.array(planView), seats: seatRules.optional() }),
    }),
    activate: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      reach: 'subscription',
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
      reach: 'subscription',
      summary: "Confirms that the customer's space is ready. A waiting activation continues.",
      input: subscriptionId,
      output: subscriptionView,
    }),
    failProvisioning: command({
      scope: 'subscriptions:write',
      reach: 'subscription',
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
      reach: 'subscription',
      summary: 'Asks Microsoft for another plan. The plan changes when Microsoft has confirmed it.',
      input: subscriptionId.extend({ planId: text(100).min(1), ...requestedBy.shape }),
      output: changeAccepted,
    }),
    changeQuantity: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      reach: 'subscription',
      summary:
        'Asks Microsoft for another number of seats. The seats change when Microsoft has confirmed it.',
      input: subscriptionId.extend({ quantity: z.number(), ...requestedBy.shape }),
      output: changeAccepted,
    }),
    cancel: command({
      scope: 'subscriptions:write',
      calledBy: ['landing'],
      reach: 'subscription',
      summary: 'Asks Microsoft to end the subscription. This cannot be undone.',
      input: subscriptionId.extend(requestedBy.shape),
      output: changeAccepted,
    }),
    change: query({
      scope: 'subscriptions:read',
      calledBy: ['landing'],
      reach: 'change',
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
      reach: 'subscription',
      summary: "Microsoft's operations on a subscription: the decision, its time and the outcome.",
      input: pageRequest.extend(subscriptionId.shape),
      output: pageOf(operationView),
    }),
  },
  policies: {
    get: query({
      scope: 'policies:read',
      reach: 'publisher',
      summary: 'The rules that accept or refuse customers’ plan and seat changes.',
      input: z.object(ofPublisher),
      output: decisionPolicy,
    }),
    put: command({
      scope: 'policies:write',
      reach: 'publisher',
      summary: 'Replaces the rules. They apply from the next notification.',
      input: decisionPolicy.extend(ofPublisher),
      output: decisionPolicy,
    }),
    report: query({
      scope: 'policies:read',
      reach: 'publisher',
      summary:
        'Counts of decisions: accepted, refused, late, made without an answer, and overruled.',
      input: z.object({ since: z.iso.datetime().optional(), ...ofPublisher }),
      output: decisionReport,
    }),
  },
  settings: {
    get: query({
      scope: 'settings:read',
      calledBy: ['landing'],
      reach: 'publisher',
      summary: 'Settings of an offer: waiting for the product, reminders and retention.',
      input: settingsTarget,
      output: offerSettings,
    }),
    put: command({
      scope: 'settings:write',
      reach: 'publisher',
      summary:
        'Changes the settings of one offer, or the defaults for all others. Applies to whatever starts afterwards.',
      input: settingsTarget.extend({ settings: offerSettings }),
      output: offerSettings,
    }),
  },
  reconciliation: {
    start: command({
      scope: 'reconciliation:run',
      calledBy: ['webhook-ingest'],
      reach: 'publisher',
      summary: "Compares Microsoft's full list with our records and corrects the differences.",
      input: z.object({ dryRun: z.boolean().default(false), ...ofPublisher }),
      output: reconciliationRun.extend({
        /** Runs of the other publishers, where none was named and there are several. */
        alsoStarted: z.array(z.uuid()).optional(),
      }),
    }),
    get: query({
      scope: 'subscriptions:read',
      reach: 'run',
      summary: 'One reconciliation run: counts, findings and errors.',
      input: z.object({ runId: z.uuid() }),
      output: reconciliationRun,
    }),
    list: query({
      scope: 'subscriptions:read',
      reach: 'publisher',
      summary: 'Reconciliation runs, newest first.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(reconciliationRun),
    }),
  },
  ...deliveryProcedures,
  ...repairProcedures,
  ...credentialProcedures,
  purchases: {
    resolve: command({
      scope: 'internal',
      calledBy: ['landing'],
      reach: 'installation',
      summary: 'Resolves a purchase token to its subscription, and records a new subscription.',
      input: z.object({
        purchaseToken: text(8192).min(1),
        /** Whose landing page was opened; absent: the only publisher's, or the first one's. */
        ...ofPublisher,
      }),
      output: subscriptionView,
    }),
  },
  accessRequests: {
    record: command({
      scope: 'internal',
      calledBy: ['landing'],
      reach: 'installation',
      summary: 'Someone requested access on the manage page. The product is notified once.',
      input: subscriptionId.extend({
        tenantId: text(100).min(1),
        objectId: text(100).min(1),
        askedAt: z.iso.datetime(),
      }),
      output: z.object({ isNew: z.boolean() }),
    }),
  },
  decisions: {
    decide: command({
      scope: 'internal',
      calledBy: ['webhook-ingest'],
      reach: 'installation',
      summary: 'Decides on a plan or seat change within the ten seconds that Microsoft waits.',
      isUrgent: true,
      input: z.object({
        notificationId: z.uuid(),
        /** Whose webhook was called, by the caller's token. */
        ...ofPublisher,
        operationId: text(MAX_TOLD_ID).optional(),
        subscriptionId: text(MAX_TOLD_ID),
        action: text(MAX_TOLD_ACTION),
        receivedAt: z.iso.datetime(),
        /** Time between that moment and the sending of this call. A duration, because two machines' clocks differ. */
        ageMs: z.number().int().nonnegative().optional(),
      }),
      output: z.object({
        /** `refuse` alone becomes HTTP 400; anything else is answered 200. */
        answer: z.enum(['accept', 'refuse', 'unconfirmed']),
        /** Code of the rule or reason behind a refusal. */
        reason: z.string().optional(),
      }),
    }),
    mayRefuse: query({
      scope: 'internal',
      calledBy: ['webhook-ingest'],
      reach: 'installation',
      summary: 'Whether a rule could refuse a change that could not be read.',
      isUrgent: true,
      input: z.object({
        ...ofPublisher,
        /** Absent: it may be a plan change or a seat change. */
        action: text(MAX_TOLD_ACTION).optional(),
      }),
      output: z.object({ mayRefuse: z.boolean() }),
    }),
  },
} as const;

export type FulfillmentProcedures = typeof fulfillmentProcedures;
