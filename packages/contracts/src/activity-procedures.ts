import { z } from 'zod';
import { query } from './procedures.ts';
import { text } from './text.ts';

/** Where a row of the activity comes from. */
export const activitySources = [
  'timeline',
  'notification',
  'operation',
  'decision',
  'call',
  'delivery',
  'mail',
  'usage',
  'landing',
  'audit',
  'matter',
  'note',
] as const;

const MAX_ACTIVITY = 200;

/** One row: who did what, when. */
export const activityRow = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  source: z.enum(activitySources),
  /** Kind within the source, such as `planChanged`, `ChangePlan`, `GET /subscriptions/{id}`. */
  kind: z.string(),
  /** What it led to, such as accepted, refused, delivered, 200. */
  outcome: z.string().optional(),
  isProblem: z.boolean().optional(),
  operationId: z.string().optional(),
  correlationId: z.string().optional(),
  /** Who caused it: customer, microsoft, product, a person or a key of the publisher, landfall. */
  actor: z.string().optional(),
  /** Plain facts for the row: from, to, quantity, plan, dimension. */
  details: z.record(z.string(), z.unknown()).optional(),
  /** The query that shows the whole, redacted. */
  open: z.object({ procedure: z.string(), input: z.record(z.string(), z.unknown()) }).optional(),
});

/** Everything about one subscription; served by the gateway, which asks every owner. */
export const activityProcedures = {
  activity: {
    list: query({
      scope: 'subscriptions:read',
      scopedBy: 'subscription',
      summary:
        'Everything that happened to a subscription, newest first: notifications, operations, decisions, calls, events, mails, usage, people.',
      input: z.object({
        subscriptionId: text(100).min(1),
        /** Absent: all. */
        sources: z.array(z.enum(activitySources)).optional(),
        /** Only rows of this operation or correlation id. */
        operationId: text(200).optional(),
        limit: z.number().int().min(1).max(MAX_ACTIVITY).default(100),
        cursor: text(500).optional(),
      }),
      output: z.object({
        /** A page can have fewer rows than `limit`, even none, although more follow. */
        items: z.array(activityRow),
        /** Absent on the last page. */
        nextCursor: z.string().optional(),
        /** Sources that did not answer, or that the caller may not see. */
        missing: z.array(
          z.object({ source: z.enum(activitySources), why: z.enum(['no-answer', 'no-scope']) }),
        ),
      }),
    }),
  },
} as const;
