import { z } from 'zod';
import { decisionPolicy } from './policy.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Longest id that the webhook stores. */
const MAX_NOTIFIED_ID = 200;
/** Far longer than any known action. Unknown actions need no decision. */
const MAX_NOTIFIED_ACTION = 100;

/** Counts of decisions since a point in time. */
export const decisionReport = z.object({
  since: z.iso.datetime(),
  accepted: z.number().int(),
  refused: z.number().int(),
  /** Decisions of both kinds that were made after their deadline. */
  missedDeadline: z.number().int(),
  /** Decisions of both kinds that were made because the product did not answer. */
  silent: z.number().int(),
  /** Refused changes that Microsoft carried out nevertheless. */
  overruled: z.number().int(),
  /** Overruled changes that were reversed. */
  compensated: z.number().int(),
});

/** A change as in `policies.test`. Undefined fields of the subscription come from `subscriptionId`. */
const testedChange = z.discriminatedUnion('action', [
  z.object({ action: z.literal('ChangePlan'), planId: text(100).min(1) }),
  z.object({ action: z.literal('ChangeQuantity'), quantity: z.number().int() }),
]);

/** A saved version of the rules. */
export const policyVersion = z.object({
  /** Grows with each saved version. */
  version: z.string(),
  savedAt: z.iso.datetime(),
  /** Who saved it: `key <id>` or `operator <tenant>/<object>`. Absent: saved before versions were kept. */
  author: z.string().optional(),
  policy: decisionPolicy,
});

/** The publisher's rules and the decisions they lead to; served by fulfillment-worker. */
export const policyProcedures = {
  policies: {
    get: query({
      scope: 'policies:read',
      scopedBy: 'publisher',
      summary: "The rules that accept or refuse customers' plan and seat changes.",
      input: z.object(ofPublisher),
      output: decisionPolicy,
    }),
    put: command({
      scope: 'policies:write',
      scopedBy: 'publisher',
      summary: 'Replaces the rules. They apply from the next notification.',
      auditedBy: 'get',
      input: decisionPolicy.extend(ofPublisher),
      output: decisionPolicy.extend({
        /** What looks like a mistake, such as a rule about a plan that no subscription has. */
        warnings: z.array(z.string()).optional(),
      }),
    }),
    test: query({
      scope: 'policies:read',
      scopedBy: 'publisher',
      summary:
        'Says what the rules would decide about a change, without changing anything: the saved rules, or a draft.',
      http: { method: 'post', path: '/v1/policies/test' },
      input: z.object({
        ...ofPublisher,
        /** The rules to test. Absent: the saved rules. */
        policy: decisionPolicy.optional(),
        /** The change is about this subscription. `subscription` replaces single values of it. */
        subscriptionId: text(100).min(1).optional(),
        /** Without `subscriptionId`, offer and plan are required. */
        subscription: z
          .object({
            offerId: text(100).min(1).optional(),
            planId: text(100).min(1).optional(),
            quantity: z.number().int().positive().nullable().optional(),
          })
          .optional(),
        change: testedChange,
      }),
      output: z.object({
        /** `ask`: your product would decide; `onSilence` says what happens if it does not answer. */
        answer: z.enum(['accept', 'refuse', 'ask']),
        /** The rule that decides. Absent: no rule matched. */
        ruleId: z.string().optional(),
        /** Code of a refusal. */
        reason: z.string().optional(),
        /** What the customer would read, by language. */
        message: z.record(z.string(), z.string()).optional(),
        onSilence: z.enum(['accept', 'refuse']).optional(),
        /** The decision in words, in English. */
        explanation: z.string(),
        /** What was tested, with the values that came from the subscription. */
        tested: z.object({
          publisherId: z.string().optional(),
          offerId: z.string(),
          planId: z.string(),
          quantity: z.number().int().nullable(),
        }),
        /** Rules before the deciding one, with the first condition that did not match. */
        passedOver: z.array(z.object({ ruleId: z.string(), because: z.string() })),
        /** What looks like a mistake, such as a rule that can never match. */
        warnings: z.array(z.string()).optional(),
      }),
    }),
    history: query({
      scope: 'policies:read',
      scopedBy: 'publisher',
      summary: 'Saved versions of the rules with time and author, newest first.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(policyVersion),
    }),
    report: query({
      scope: 'policies:read',
      scopedBy: 'publisher',
      summary:
        "Counts of decisions: accepted, refused, late, made without the product's answer, and overruled by Microsoft.",
      input: z.object({ since: z.iso.datetime().optional(), ...ofPublisher }),
      output: decisionReport,
    }),
  },
  decisions: {
    decide: command({
      scope: 'internal',
      calledBy: ['webhook-ingest'],
      scopedBy: 'installation',
      summary: 'Decides on a plan or seat change within the ten seconds that Microsoft waits.',
      isUrgent: true,
      input: z.object({
        notificationId: z.uuid(),
        /** The publisher that the caller's token names. */
        ...ofPublisher,
        operationId: text(MAX_NOTIFIED_ID).optional(),
        subscriptionId: text(MAX_NOTIFIED_ID),
        action: text(MAX_NOTIFIED_ACTION),
        receivedAt: z.iso.datetime(),
        /** Milliseconds between `receivedAt` and sending this call. A duration, because two machines' clocks differ. */
        ageMs: z.number().int().nonnegative().optional(),
      }),
      output: z.object({
        /** Microsoft gets HTTP 400 for `refuse` and 200 for the others. */
        answer: z.enum(['accept', 'refuse', 'unconfirmed']),
        /** Code of the rule or reason behind a refusal. */
        reason: z.string().optional(),
      }),
    }),
    mayRefuse: query({
      scope: 'internal',
      calledBy: ['webhook-ingest'],
      scopedBy: 'installation',
      summary: 'Checks whether a rule could refuse a change that could not be read.',
      isUrgent: true,
      input: z.object({
        ...ofPublisher,
        /** Absent: it may be a plan or a seat change. */
        action: text(MAX_NOTIFIED_ACTION).optional(),
      }),
      output: z.object({ mayRefuse: z.boolean() }),
    }),
  },
} as const;
