import type { NamespaceExamples } from './example.ts';
import { ids } from './ids.ts';

export const events: NamespaceExamples<'events'> = {
  live: {
    input: { types: ['fulfillment.subscription'], lastEventId: '5f2c81d0-3-2s-0' },
    output: {
      id: '5f2c81d0-3-2t-0',
      type: 'fulfillment.subscription.planChanged',
      occurredAt: '2026-11-03T09:59:58.000Z',
      publisherId: ids.publisher,
      subscriptionId: ids.subscription,
      operationId: ids.operation,
    },
  },
};
