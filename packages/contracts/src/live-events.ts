import { z } from 'zod';
import { stream } from './procedures.ts';
import { text } from './text.ts';

/**
 * Something that has just happened, for consoles and scripts that follow Landfall live. It names what changed, so that the reader
 * reads it again; it holds no personal data. Two types are about the stream itself:
 * - `gap`: events were missed and can no longer be repeated, so read everything again;
 * - `position`: nothing happened that you asked for, but continue from this `id` after a reconnect.
 */
export const liveEvent = z.object({
  /** Send it as `lastEventId` to continue after this event. Do not compare or sort ids. */
  id: z.string(),
  /** The subject of the fact, such as `fulfillment.subscription.planChanged`, or `gap` or `position`. */
  type: z.string(),
  occurredAt: z.iso.datetime(),
  publisherId: z.string().optional(),
  subscriptionId: z.string().optional(),
  operationId: z.string().optional(),
});

export type LiveEvent = z.output<typeof liveEvent>;

/** Input of `events.live` and of `GET /v1/events`. */
export const liveEventsRequest = z.object({
  lastEventId: text(40).optional(),
  publisherId: text(100).min(1).optional(),
  subscriptionId: text(100).min(1).optional(),
  /** Types, or their beginnings, such as `fulfillment.subscription`. Absent: all. */
  types: z.array(text(100).min(1)).max(50).optional(),
});

/** Served by the gateway, which reads the facts of all services. */
export const liveProcedures = {
  events: {
    live: stream({
      scope: 'events:read',
      scopedBy: 'publisher',
      summary:
        'Live events: what happens in Landfall, as it happens. Continues after `lastEventId`.',
      http: { method: 'get', path: '/v1/events' },
      input: liveEventsRequest,
      output: liveEvent,
    }),
  },
} as const;
