import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const publisherTenant = 'c3e85f17-6a92-4d0b-8b41-2f9d70e6a5c8';

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
  summary: {
    input: {},
    output: {
      days: [
        { day: '2026-11-09', received: 4, refused: 0 },
        { day: '2026-11-10', received: 9, refused: 1 },
      ],
      lastReceivedAt: '2026-11-10T08:30:01.000Z',
      waiting: 0,
    },
  },
  get: {
    input: { notificationId: ids.notification },
    output: {
      ...notification,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-forwarded-for': '203.0.113.0/24',
        'x-ms-requestid': '5d1f0c62-8a3b-4e97-b1c4-70e92f6d8a15',
      },
      verification: [
        { check: 'signature', found: 'Xk3vQ0yTz7mRb5sLw9dHc1nPfGe' },
        { check: 'audience', found: '8f2d6b40-1c5e-4a97-93b8-e07d4c6a2f51' },
        { check: 'tenant', found: publisherTenant },
        { check: 'caller', found: '20e940b3-4c77-4b0b-9a53-9e16a1b010a7' },
        { check: 'issuer', found: `https://sts.windows.net/${publisherTenant}/` },
        { check: 'version', found: '1' },
      ],
      decision: {
        askedAt: '2026-11-10T08:30:01.020Z',
        answeredAt: '2026-11-10T08:30:01.310Z',
        isInTime: true,
      },
      body: { id: ids.operation, action: 'ChangeQuantity', subscriptionId: ids.subscription },
      history: [{ at: '2026-11-10T08:30:01.000Z', kind: 'delivery', answer: 200, tokenVersion: 1 }],
    },
  },
  replay: {
    input: { subscriptionId: ids.subscription, requestedBy: 'ops@contoso.com', dryRun: true },
    output: {
      matched: 1,
      replayed: 0,
      items: [
        {
          notificationId: ids.notification,
          subscriptionId: ids.subscription,
          action: 'ChangeQuantity',
        },
      ],
    },
  },
  counters: {
    input: {},
    output: { accepted: 1204, unauthenticated: { 'wrong-audience': 2 }, unpublished: 0 },
  },
};
