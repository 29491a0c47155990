import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const { destination: destinationId } = ids;
const shown = 'whsec_shown-once';

const given = {
  label: 'Analytics product',
  url: 'https://app.contoso.com/landfall/events',
  types: ['subscription.activated' as const, 'subscription.unsubscribed' as const],
  offerIds: ['analytics'],
  isOrdered: true,
};

/** What a destination shows for fields that were not given. */
const usual = {
  channel: 'product' as const,
  recipients: [],
  matterKinds: [],
  severities: [],
  language: 'en' as const,
  digest: 'at-once' as const,
  digestHour: 8,
  timeZone: 'UTC',
  quietHours: null,
};

const destination = {
  ...usual,
  ...given,
  id: destinationId,
  publisherId: ids.publisher,
  state: 'enabled' as const,
  secrets: [{ createdAt: '2026-11-01T08:00:00.000Z' }],
  createdAt: '2026-11-01T08:00:00.000Z',
};

const ping = {
  id: ids.delivery,
  destinationId,
  channel: 'product' as const,
  eventId: 'evt_01JBKM4T7Q',
  type: 'ping',
  state: 'waiting' as const,
  attempts: 0,
  nextAttemptAt: '2026-11-03T10:00:00.000Z',
  createdAt: '2026-11-03T10:00:00.000Z',
};

export const destinations: NamespaceExamples<'destinations'> = {
  list: { input: {}, output: { items: [destination] } },
  create: {
    input: { ...given, publisherId: ids.publisher },
    output: { destination, secret: shown },
  },
  channels: {
    input: {},
    output: {
      items: [
        { channel: 'product', isReady: true },
        { channel: 'mail', isReady: true, from: 'landfall@contoso.com' },
        { channel: 'teams', isReady: true },
        { channel: 'slack', isReady: true },
      ],
    },
  },
  update: { input: { ...given, destinationId }, output: destination },
  rotateSecret: {
    input: { destinationId, overlapHours: 24 },
    output: { destination, secret: shown },
  },
  enable: { input: { destinationId }, output: destination },
  disable: {
    input: { destinationId },
    output: { ...destination, state: 'disabled', disabledBecause: 'operator' },
  },
  remove: {
    input: { destinationId, dryRun: false },
    output: { undelivered: 3, isRemoved: true },
  },
  ping: { input: { destinationId }, output: ping },
};
