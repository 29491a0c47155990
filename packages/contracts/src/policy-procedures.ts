import { z } from 'zod';
import { decisionPolicy } from './policy.ts';
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
