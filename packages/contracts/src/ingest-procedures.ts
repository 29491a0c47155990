import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { isChosen, NOTHING_CHOSEN, replayRequest, replayResult } from './repair-procedures.ts';
import { text } from './text.ts';

const verdicts = ['accepted', 'refused', 'undecided'] as const;

/** A stored notification, and Landfall's answer to it. */
export const notificationView = z.object({
  id: z.uuid(),
  /** The publisher that the caller's token names; absent in rows written before this column existed. */
  publisherId: z.string().optional(),
  operationId: z.string().optional(),
  subscriptionId: z.string().optional(),
  action: z.string(),
  receivedAt: z.iso.datetime(),
  /** How often Microsoft sent it. */
  deliveries: z.number().int(),
  lastDeliveredAt: z.iso.datetime(),
  /** Landfall's answer: accepted (200), refused (400), or undecided (503; Microsoft sends it again). */
  verdict: z.enum(verdicts),
  reason: z.string().optional(),
  /** Parts of the body that could not be read; empty for a well-formed body. */
  problems: z.array(z.string()),
  publishedAt: z.iso.datetime().optional(),
  /** How often it was replayed manually. */
  replays: z.number().int(),
});

/** One event in the history of a notification. */
const notificationEvent = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['delivery', 'replay']),
  /** HTTP status of the answer: 200, 400 or 503; absent until it is decided. */
  answer: z.number().int().optional(),
  /** Version of the caller's Entra token: 1 or 2. */
  tokenVersion: z.number().int().optional(),
  /** Who replayed it. */
  requestedBy: z.string().optional(),
});

/** A check that the caller's token passed. */
const passedCheck = z.object({
  check: z.enum(['signature', 'audience', 'tenant', 'caller', 'issuer', 'version']),
  /** What was found: the id of Microsoft's key, our application, the caller's application, … */
  found: z.string(),
});

/** How Landfall came to its verdict on a plan or seat change. */
const decisionSteps = z.object({
  /** When the worker was asked, by the latest delivery that needed an answer. */
  askedAt: z.iso.datetime(),
  /** Absent: the worker did not answer in time, so Microsoft got 503 and calls again. */
  answeredAt: z.iso.datetime().optional(),
  isInTime: z.boolean(),
});

/** Served by webhook-ingest. */
export const ingestProcedures = {
  notifications: {
    list: query({
      scope: 'notifications:read',
      scopedBy: 'publisher',
      summary: 'Stored notifications from verified callers, newest first.',
      input: pageRequest.extend({
        subscriptionId: text(100).optional(),
        action: text(50).optional(),
        operationId: text(200).min(1).optional(),
        verdict: z.enum(verdicts).optional(),
        /** True: only those without a readable subscription, or with an unclear action. */
        isUnreadable: z.boolean().optional(),
        /** Time of arrival: at or after `since`, before `until`. */
        since: z.iso.datetime().optional(),
        until: z.iso.datetime().optional(),
        ...ofPublisher,
      }),
      output: pageOf(notificationView),
    }),
    get: query({
      scope: 'notifications:read',
      scopedBy: 'notification',
      summary:
        'One notification: body without personal data, headers, checks of its token, decision.',
      input: z.object({ notificationId: z.uuid() }),
      output: notificationView.extend({
        body: z.unknown(),
        /**
         * Of the first delivery: content type and encoding, user agent, Microsoft's request and correlation ids, and
         * x-forwarded-for with networks instead of addresses. No others are stored. Absent before this field existed.
         */
        headers: z.record(z.string(), z.string()).optional(),
        /** The checks of the first delivery's token. Only calls that pass all of them are stored. */
        verification: z.array(passedCheck).optional(),
        /** Absent if nothing had to be decided, or no answer came because this process ended. */
        decision: decisionSteps.optional(),
        /** The first delivery and the latest ones; bounded. `deliveries` counts all. */
        history: z.array(notificationEvent),
      }),
    }),
    summary: query({
      scope: 'notifications:read',
      scopedBy: 'publisher',
      summary:
        'Notifications of the last 14 days by UTC day, the latest one, and those that wait for the worker.',
      input: z.object(ofPublisher),
      output: z.object({
        /** Earliest first; today is the last one. A day counts up to 10,000. */
        days: z.array(
          z.object({ day: z.iso.date(), received: z.number().int(), refused: z.number().int() }),
        ),
        lastReceivedAt: z.iso.datetime().optional(),
        /** Stored and not handed over to the worker yet. */
        waiting: z.number().int(),
        waitingSince: z.iso.datetime().optional(),
      }),
    }),
    replay: command({
      scope: 'notifications:write',
      scopedBy: 'publisher',
      summary:
        'Sends notifications to the worker again, by ID or filter. Settled operations stay unchanged.',
      input: replayRequest
        .extend({
          notificationId: z.uuid().optional(),
          subscriptionId: text(100).min(1).optional(),
          action: text(50).min(1).optional(),
          ...ofPublisher,
          /** Time of arrival: at or after `since`, before `until`. */
          since: z.iso.datetime().optional(),
          until: z.iso.datetime().optional(),
        })
        .refine(isChosen, NOTHING_CHOSEN),
      output: replayResult({
        notificationId: z.uuid(),
        subscriptionId: z.string(),
        action: z.string(),
      }),
    }),
    counters: query({
      scope: 'notifications:read',
      scopedBy: 'installation',
      summary:
        'Webhook calls since this process started: by outcome, and refused callers by reason.',
      input: z.object({}),
      output: z.object({
        accepted: z.number().int(),
        unauthenticated: z.record(z.string(), z.number().int()),
        unpublished: z.number().int(),
      }),
    }),
  },
} as const;

export type IngestProcedures = typeof ingestProcedures;
