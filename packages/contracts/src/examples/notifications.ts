import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const notification = {
  id: ids.notification,
  publisherId: ids.publisher,
  operationId: ids.operation,
  subscriptionId: ids.subscription,
  action: 'ChangeQuantity',
  receivedAt: '2026-11-10T08:30:01.000Z',
  deliveries: 1,
  lastDeliveredAt: '2026-11-10T08:30:01.000Z',
  verdict: 'accepted' as const,
  problems: [],
  publishedAt: '2026-11-10T08:30:01.240Z',
  replays: 0,
};

export const notifications: NamespaceExamples<'notifications'> = {
  list: { input: { subscriptionId: ids.subscription }, output: { items: [notification] } },
  get: {
    input: { notificationId: ids.notification },
    output: {
      ...notification,
      body: { id: ids.operation, action: 'ChangeQuantity', subscriptionId: ids.subscription },
      history: [{ at: '2026-11-10T08:30:01.000Z', kind: 'delivery', answer: 200, tokenVersion: 2 }],
    },
  },
  replay: {
    input: {
      notificationId: ids.notification,
      requestedBy: 'ops@contoso.com',
      dryRun: false,
    },
    output: { matched: 1, replayed: 1 },
  },
  counters: {
    input: {},
    output: { accepted: 1204, unauthenticated: { 'wrong-audience': 2 }, unpublished: 0 },
  },
};
