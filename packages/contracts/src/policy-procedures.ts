import { z } from 'zod';
import { decisionPolicy } from './policy.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Ids as a notification has them; the webhook keeps no longer ones. */
const MAX_TOLD_ID = 200;
/** Only known actions are decided on. */
const MAX_TOLD_ACTION = 100;

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

/** The publisher's rules and the decisions they lead to; served by fulfillment-worker. */
export const policyProcedures = {
  policies: {
    get: query({
      scope: 'policies:read',
      scopedBy: 'publisher',
      summary: 'The rules that accept or refuse customers’ plan and seat changes.',
      input: z.object(ofPublisher),
      output: decisionPolicy,
    }),
    put: command({
      scope: 'policies:write',
      scopedBy: 'publisher',
      summary: 'Replaces the rules. They apply from the next notification.',
      input: decisionPolicy.extend(ofPublisher),
      output: decisionPolicy,
    }),
    report: query({
      scope: 'policies:read',
      scopedBy: 'publisher',
      summary:
        'Counts of decisions: accepted, refused, late, made without an answer, and overruled.',
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
      scopedBy: 'installation',
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
