import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { productEventTypes } from './product-events.ts';
import { ofPublisher } from './ownership.ts';
import { onBehalf, replayResult } from './repair-procedures.ts';
import { text } from './text.ts';

const destinationId = z.object({ destinationId: z.uuid() });
const deliveryId = z.object({ deliveryId: z.uuid() });

/** Fields of a destination, without defaults: an update keeps what it does not name. */
const destinationFields = {
  label: text(100).min(1),
  /** https to a public address. http and loopback are allowed only with a local marketplace. */
  url: z.url().max(2000),
  /** Event types to send. Empty: all except `usage.settled`, which must be named because there is one for every billed hour. */
  types: z.array(z.enum(productEventTypes)).max(productEventTypes.length),
  /** Offers to send events about, including their preview listings. Empty: all. */
  offerIds: z.array(text(100).min(1)).max(200),
  /** If true, a subscription's next event waits until the previous one was delivered or given up. */
  isOrdered: z.boolean(),
};

const destinationSettings = z.object({
  ...destinationFields,
  types: destinationFields.types.default([]),
  offerIds: destinationFields.offerIds.default([]),
  isOrdered: destinationFields.isOrdered.default(false),
});

/** What looks like a mistake in what was saved, such as an offer that no subscription has. */
const warned = { warnings: z.array(z.string()).optional() };

/** A destination of events, and how it works. Contains no secret. */
export const destinationView = destinationSettings.extend({
  id: z.uuid(),
  /** It gets only events of this publisher. Absent: of all publishers. Cannot be changed. */
  publisherId: z.string().optional(),
  state: z.enum(['enabled', 'disabled']),
  /** operator, gone (HTTP 410), or failing (no delivery succeeded for days). */
  disabledBecause: z.string().optional(),
  /** Since when no delivery has succeeded; absent while it works. */
  failingSince: z.iso.datetime().optional(),
  /** Active secrets, newest first. While there are two, events carry both signatures. */
  secrets: z.array(
    z.object({ createdAt: z.iso.datetime(), expiresAt: z.iso.datetime().optional() }),
  ),
  createdAt: z.iso.datetime(),
});

/** One event for one destination. `dead`: all attempts have failed. */
export const deliveryView = z.object({
  id: z.uuid(),
  destinationId: z.uuid(),
  eventId: z.string(),
  type: z.string(),
  subscriptionId: z.string().optional(),
  state: z.enum(['waiting', 'delivered', 'dead']),
  attempts: z.number().int(),
  nextAttemptAt: z.iso.datetime().optional(),
  deliveredAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
});

const attemptView = z.object({
  at: z.iso.datetime(),
  /** `resend`: an operator requested it. */
  cause: z.enum(['schedule', 'resend']),
  requestedBy: z.string().optional(),
  /** HTTP status; absent if no answer came. */
  status: z.number().int().optional(),
  /**
   * Code of the failure: name-unresolved (DNS), refused (nothing listens there), certificate or tls, timeout, connection (broke
   * off), address-refused, redirect, gone, or status.
   */
  failure: z.string().optional(),
  durationMs: z.number().int(),
});

/** Events to the ISV's product; served by fulfillment-worker. */
export const deliveryProcedures = {
  destinations: {
    list: query({
      scope: 'destinations:read',
      scopedBy: 'publisher',
      summary: 'Destinations of events, and the state of each.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(destinationView),
    }),
    create: command({
      scope: 'destinations:write',
      scopedBy: 'publisher',
      summary: 'Adds a destination. Its signing secret is shown only once.',
      answersSecret: true,
      auditedBy: 'list',
      input: destinationSettings.extend(ofPublisher),
      output: z.object({ destination: destinationView, secret: z.string(), ...warned }),
    }),
    update: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary: 'Changes what is named: label, URL, filters or order. Filters apply to new events.',
      auditedBy: 'list',
      input: z.object(destinationFields).partial().extend(destinationId.shape),
      output: destinationView.extend(warned),
    }),
    rotateSecret: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary: 'Creates a new secret. The old one also signs until it expires.',
      answersSecret: true,
      auditedBy: 'list',
      input: destinationId.extend({ overlapHours: z.number().min(0).max(168).default(24) }),
      output: z.object({ destination: destinationView, secret: z.string() }),
    }),
    enable: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary: 'Resumes deliveries. Waiting events are sent.',
      auditedBy: 'list',
      input: destinationId,
      output: destinationView,
    }),
    disable: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary:
        'Stops deliveries. Events wait for at most 30 days, and at most 100,000 of them; older ones become dead.',
      auditedBy: 'list',
      input: destinationId,
      output: destinationView,
    }),
    remove: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary: 'Removes a destination with its secrets, and its events that were not delivered.',
      isDestructive: true,
      auditedBy: 'list',
      input: destinationId.extend({ dryRun: z.boolean().default(false) }),
      output: z.object({
        /** Events that were not delivered and go with it. */
        undelivered: z.number().int(),
        isRemoved: z.boolean(),
      }),
    }),
    ping: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary: 'Sends a ping event to test the URL and the signature.',
      input: destinationId,
      output: deliveryView,
    }),
  },
  deliveries: {
    list: query({
      scope: 'destinations:read',
      scopedBy: 'publisher',
      summary: 'Deliveries, newest first. Filters: destination, state and subscription.',
      input: pageRequest.extend({
        destinationId: z.uuid().optional(),
        state: z.enum(['waiting', 'delivered', 'dead']).optional(),
        subscriptionId: text(100).optional(),
        ...ofPublisher,
      }),
      output: pageOf(deliveryView),
    }),
    get: query({
      scope: 'destinations:read',
      scopedBy: 'delivery',
      summary: 'One delivery with its event and every attempt.',
      input: deliveryId,
      output: deliveryView.extend({ event: z.unknown(), history: z.array(attemptView) }),
    }),
    resend: command({
      scope: 'destinations:write',
      scopedBy: 'delivery',
      summary: 'Sends a delivery again now, in any state: a new attempt with the same event ID.',
      input: deliveryId.extend(onBehalf),
      output: deliveryView,
    }),
    replay: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      http: { method: 'post', path: '/v1/destinations/{destinationId}/replay' },
      summary:
        'Sends dead and waiting deliveries now, by destination and event time. dryRun only names them.',
      input: z.object({
        destinationId: z.uuid(),
        since: z.iso.datetime().optional(),
        until: z.iso.datetime().optional(),
        ...onBehalf,
        dryRun: z.boolean().default(true),
      }),
      output: replayResult({
        deliveryId: z.uuid(),
        type: z.string(),
        subscriptionId: z.string().optional(),
      }),
    }),
  },
} as const;
