import { z } from 'zod';
import { command } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { productEvent, productEventTypes } from './product-events.ts';
import { text } from './text.ts';

/** A waiting listener occupies one of the eight calls that a publisher may have in progress. Half of them stay free. */
export const MAX_LISTENERS = 4;
/** Long enough for a program that restarts or a debugger that stopped. */
export const LISTENING_MINUTES = 10;

/** Events in one answer: well below the size of one NATS message. */
const MAX_TAKEN = 50;
/** Below the time for which the gateway waits for an owner. */
const MAX_WAIT_MS = 8_000;

const listenerId = z.object({ listenerId: z.uuid() });

/**
 * Events for a program that cannot be reached from outside, such as a product on a developer's machine. A listener is a
 * destination without a URL: its events wait until they are taken. It ends by itself if its events are not taken for ten minutes.
 */
export const listenerProcedures = {
  listeners: {
    open: command({
      scope: 'events:read',
      scopedBy: 'publisher',
      summary: 'Opens a listener for product events from now on.',
      answersSecret: true,
      input: z.object({
        label: text(100).min(1),
        types: z.array(z.enum(productEventTypes)).max(productEventTypes.length).default([]),
        offerIds: z.array(text(100).min(1)).max(200).default([]),
        ...ofPublisher,
      }),
      output: z.object({
        listenerId: z.uuid(),
        /** Signs the forwarded events, as the secret of a destination does. */
        secret: z.string(),
        /** When the listener ends, unless its events are taken before then. */
        endsAt: z.iso.datetime(),
      }),
    }),
    take: command({
      scope: 'events:read',
      scopedBy: 'listener',
      summary: 'Takes the next events. Events up to `after` are done and are removed.',
      input: listenerId.extend({
        /** `next` of the previous answer. Absent: from the first event that waits. */
        after: text(20).optional(),
        limit: z.number().int().min(1).max(MAX_TAKEN).default(MAX_TAKEN),
        /** How long to wait for an event if there is none. */
        waitMs: z.number().int().min(0).max(MAX_WAIT_MS).default(0),
      }),
      output: z.object({
        events: z.array(productEvent),
        /** The text of each event, exactly as a destination gets it. Forward and sign this text. */
        bodies: z.array(z.string()),
        /** Send it as `after` with the next call, once these events are handled. Without it, they come again. */
        next: z.string().optional(),
        endsAt: z.iso.datetime(),
      }),
    }),
    close: command({
      scope: 'events:read',
      scopedBy: 'listener',
      summary: 'Ends a listener. Its waiting events are removed.',
      input: listenerId,
      output: z.object({ removed: z.number().int() }),
    }),
  },
} as const;
