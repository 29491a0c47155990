import { z } from 'zod';
import { channels, noticeChannels, noticeFields } from './channels.ts';
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
  /**
   * For the channels `product`, `teams` and `slack`. https to a public address; http and loopback are allowed only with a local
   * marketplace. The URL of a Teams Workflow or a Slack app is a secret: answers show only its beginning.
   */
  url: z.url().max(2000),
  /**
   * Event types to send. Empty: for `product`, all except `usage.settled`, which must be named because there is one for every
   * billed hour; for the other channels, none.
   */
  types: z.array(z.enum(productEventTypes)).max(productEventTypes.length),
  /** Offers to send events and matters about, including their preview listings. Empty: all. */
  offerIds: z.array(text(100).min(1)).max(200),
  /** Only for `product`. If true, a subscription's next event waits until the previous one was delivered or given up. */
  isOrdered: z.boolean(),
  ...noticeFields,
};

const { label, url, types, offerIds, isOrdered, ...notices } = destinationFields;

const destinationSettings = z.object({
  label,
  /** The way to the destination: events to your product, or notices by mail, Teams or Slack. Cannot be changed. */
  channel: z.enum(['product', ...noticeChannels]).default('product'),
  url: url.optional(),
  types: types.default([]),
  offerIds: offerIds.default([]),
  isOrdered: isOrdered.default(false),
  recipients: notices.recipients.default([]),
  /** Kinds of matters to send notices about: `all`, or a list. Empty: none. Absent: none for `product`, all otherwise. */
  matterKinds: notices.matterKinds.optional(),
  severities: notices.severities.default([]),
  language: notices.language.default('en'),
  digest: notices.digest.default('at-once'),
  digestHour: notices.digestHour.default(8),
  timeZone: notices.timeZone.default('UTC'),
  quietHours: notices.quietHours.default(null),
});

/** What looks like a mistake in what was saved, such as an offer that no subscription has. */
const warned = { warnings: z.array(z.string()).optional() };

/** A destination, and how it works. Contains no secret. */
export const destinationView = destinationSettings.extend({
  id: z.uuid(),
  channel: z.enum(channels),
  /** Empty for mail. Of a Teams Workflow or a Slack app, only the beginning and an ellipsis: the rest is a secret. */
  url: z.string(),
  matterKinds: notices.matterKinds,
  /** It gets only events of this publisher. Absent: of all publishers. Cannot be changed. */
  publisherId: z.string().optional(),
  state: z.enum(['enabled', 'disabled']),
  /** operator, gone (HTTP 410), or failing (no delivery succeeded for days). */
  disabledBecause: z.string().optional(),
  /** Since when no delivery has succeeded; absent while it works. */
  failingSince: z.iso.datetime().optional(),
  /** Active secrets, newest first. While there are two, events carry both signatures. Empty, except for `product`. */
  secrets: z.array(
    z.object({ createdAt: z.iso.datetime(), expiresAt: z.iso.datetime().optional() }),
  ),
  createdAt: z.iso.datetime(),
});

/** One event or message for one destination. `dead`: all attempts have failed. */
export const deliveryView = z.object({
  id: z.uuid(),
  destinationId: z.uuid(),
  channel: z.enum(channels),
  /** Mail only: the address of this delivery. */
  recipient: z.string().optional(),
  eventId: z.string(),
  /** Type of the event. `notice`: a message to people, about one or more matters and events. */
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
  /** HTTP status, or SMTP reply code; absent if no answer came. */
  status: z.number().int().optional(),
  /**
   * Code of the failure: name-unresolved (DNS), refused (nothing listens there), certificate or tls, timeout, connection (broke
   * off), address-refused, redirect, gone, or status. Mail: also sign-in-refused, refused-sender, refused-recipient,
   * refused-message, recipient-later, server-later, and mail-not-configured. Teams and Slack: also refused-message and rate-limited.
   */
  failure: z.string().optional(),
  /** The receiver's own code, such as `5.1.1` of a mail server or `no_service` of Slack. */
  answerCode: z.string().optional(),
  durationMs: z.number().int(),
});

/** What a delivery by mail, Teams or Slack says to people. */
const messageView = z.object({
  subject: z.string(),
  /** The plain text, with one paragraph for each matter or event. */
  text: z.string(),
  language: z.string(),
});

/** Events to the ISV's product and notices to people; served by fulfillment-worker. */
export const deliveryProcedures = {
  destinations: {
    list: query({
      scope: 'destinations:read',
      scopedBy: 'publisher',
      summary: 'Destinations of events and notices, and the state of each.',
      input: pageRequest.extend({ channel: z.enum(channels).optional(), ...ofPublisher }),
      output: pageOf(destinationView),
    }),
    channels: query({
      scope: 'destinations:read',
      scopedBy: 'publisher',
      summary: 'The channels, and whether this installation can use each of them.',
      input: z.object(ofPublisher),
      output: z.object({
        items: z.array(
          z.object({
            channel: z.enum(channels),
            isReady: z.boolean(),
            /** If it is not ready: what to set. */
            nextStep: z.string().optional(),
            /** Mail only: the address of the sender. */
            from: z.string().optional(),
          }),
        ),
      }),
    }),
    create: command({
      scope: 'destinations:write',
      scopedBy: 'publisher',
      summary:
        'Adds a destination: your product, a Teams or Slack channel, or mail addresses. A signing secret is shown only once.',
      answersSecret: true,
      auditedBy: 'list',
      input: destinationSettings.extend(ofPublisher),
      output: z.object({
        destination: destinationView,
        /** The signing secret. Empty, except for `product`. */
        secret: z.string(),
        ...warned,
      }),
    }),
    update: command({
      scope: 'destinations:write',
      scopedBy: 'destination',
      summary:
        'Changes what is named: label, URL, recipients, filters, order or times. Filters apply to new events.',
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
      summary:
        'Sends a test: a ping event to the product, or a test message by mail, Teams or Slack. Answers with the first delivery.',
      input: destinationId,
      output: deliveryView,
    }),
  },
  deliveries: {
    summary: query({
      scope: 'destinations:read',
      scopedBy: 'publisher',
      summary: 'Deliveries of the last 14 days by UTC day, and those that wait.',
      input: z.object(ofPublisher),
      output: z.object({
        /** Earliest first; today is the last one. A day counts up to 10,000 of each. */
        days: z.array(
          z.object({ day: z.iso.date(), delivered: z.number().int(), dead: z.number().int() }),
        ),
        waiting: z.number().int(),
        waitingSince: z.iso.datetime().optional(),
      }),
    }),
    list: query({
      scope: 'destinations:read',
      scopedBy: 'publisher',
      summary: 'Deliveries, newest first. Filters: destination, state, type and subscription.',
      input: pageRequest.extend({
        destinationId: z.uuid().optional(),
        state: z.enum(['waiting', 'delivered', 'dead']).optional(),
        /** Type of the event, such as `subscription.planChanged`, or `notice`. */
        type: text(100).min(1).optional(),
        subscriptionId: text(100).optional(),
        /** Only deliveries that were created before this time. */
        until: z.iso.datetime().optional(),
        ...ofPublisher,
      }),
      output: pageOf(deliveryView),
    }),
    get: query({
      scope: 'destinations:read',
      scopedBy: 'delivery',
      summary: 'One delivery with its event or message and every attempt.',
      input: deliveryId,
      output: deliveryView.extend({
        event: z.unknown(),
        /** What was sent to people. Absent for `product`. */
        message: messageView.optional(),
        history: z.array(attemptView),
      }),
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
