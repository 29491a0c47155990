import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { query } from './procedures.ts';
import { text } from './text.ts';

export const notificationView = z.object({
  id: z.uuid(),
  operationId: z.string().optional(),
  subscriptionId: z.string().optional(),
  action: z.string(),
  receivedAt: z.iso.datetime(),
  /** How often Microsoft sent it, and when last. */
  deliveries: z.number().int(),
  lastDeliveredAt: z.iso.datetime(),
  /** What we answered: accepted (200), refused (400), or undecided (503, Microsoft sends it again). */
  verdict: z.enum(['accepted', 'refused', 'undecided']),
  reason: z.string().optional(),
  /** What could not be understood of the body; empty for a well-formed one. */
  problems: z.array(z.string()),
  publishedAt: z.iso.datetime().optional(),
});

/** Served by webhook-ingest. */
export const ingestProcedures = {
  notifications: {
    list: query({
      scope: 'notifications:read',
      summary: 'Genuine notifications as stored, newest first.',
      input: pageRequest.extend({
        subscriptionId: text(100).optional(),
        action: text(50).optional(),
      }),
      output: pageOf(notificationView),
    }),
    get: query({
      scope: 'notifications:read',
      summary: 'One notification with the body as Microsoft sent it, personal data removed.',
      input: z.object({ notificationId: z.uuid() }),
      output: notificationView.extend({ body: z.unknown() }),
    }),
    counters: query({
      scope: 'notifications:read',
      summary: 'Calls since the start of this process, by outcome; refused callers by reason.',
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
