import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const delivery = {
  id: ids.delivery,
  destinationId: ids.destination,
  channel: 'product' as const,
  eventId: 'evt_01JBKM4T7Q',
  type: 'subscription.activated',
  subscriptionId: ids.subscription,
  state: 'dead' as const,
  attempts: 12,
  createdAt: '2026-11-01T09:14:06.310Z',
};

export const deliveries: NamespaceExamples<'deliveries'> = {
  summary: {
    input: {},
    output: {
      days: [
        { day: '2026-10-31', delivered: 24, dead: 0 },
        { day: '2026-11-01', delivered: 17, dead: 1 },
      ],
      waiting: 1,
      waitingSince: '2026-11-01T09:14:06.310Z',
    },
  },
  list: { input: { state: 'dead' }, output: { items: [delivery] } },
  get: {
    input: { deliveryId: ids.delivery },
    output: {
      ...delivery,
      event: { type: 'subscription.activated', subscriptionId: ids.subscription },
      history: [
        {
          at: '2026-11-01T09:14:06.900Z',
          cause: 'schedule',
          status: 500,
          durationMs: 84,
        },
      ],
    },
  },
  resend: {
    input: { deliveryId: ids.delivery, requestedBy: 'ops@contoso.com' },
    output: { ...delivery, state: 'waiting', nextAttemptAt: '2026-11-03T10:00:00.000Z' },
  },
  replay: {
    input: {
      destinationId: ids.destination,
      since: '2026-11-01T00:00:00Z',
      requestedBy: 'ops@contoso.com',
      dryRun: false,
    },
    output: { matched: 7, replayed: 7 },
  },
};
