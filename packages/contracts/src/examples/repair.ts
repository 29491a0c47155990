import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const requestedBy = 'ops@contoso.com';

export const parkedTasks: NamespaceExamples<'parkedTasks'> = {
  list: {
    input: { kind: 'activate' },
    output: {
      items: [
        {
          taskId: 5120,
          subscriptionId: ids.subscription,
          kind: 'activate',
          reason: 'marketplace.forbidden',
          attempts: 8,
          correlationId: '9e0c4f7a-31b8-4d62-a5f9-6c80e2b7d134',
          createdAt: '2026-11-01T09:14:02.118Z',
          parkedAt: '2026-11-01T11:20:30.000Z',
        },
      ],
    },
  },
  replay: {
    input: { taskIds: [5120], requestedBy, dryRun: false },
    output: { matched: 1, replayed: 1 },
  },
  discard: {
    input: { taskIds: [5120], because: 'The purchase was voided.', dryRun: false },
    output: { matched: 1, discarded: 1 },
  },
};

export const deadLetters: NamespaceExamples<'deadLetters'> = {
  list: {
    input: { durable: 'billing-subscriptions' },
    output: {
      items: [
        {
          sequence: 17,
          durable: 'billing-subscriptions',
          subject: 'fulfillment.subscription.activated',
          reason: 'bug',
          attempts: 5,
          messageId: '0f6c2b91-4e7a-4d38-9b05-a1c8e3f7d264',
          storedAt: '2026-11-01T09:20:00.000Z',
          payload: { subscriptionId: ids.subscription },
        },
      ],
    },
  },
  replay: {
    input: { sequences: [17], requestedBy, dryRun: false },
    output: { matched: 1, replayed: 1 },
  },
  discard: {
    input: { sequences: [17], because: 'The purchase was voided.', dryRun: false },
    output: { matched: 1, discarded: 1 },
  },
};
