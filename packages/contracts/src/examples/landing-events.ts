import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const correlationId = 'c1f0a7d2-5b64-4c83-9e17-2d8a6f3b0c95';

export const landingEvents: NamespaceExamples<'landingEvents'> = {
  list: {
    input: { subscriptionId: ids.subscription },
    output: {
      items: [
        {
          id: '8204',
          at: '2026-11-03T09:12:44.118Z',
          kind: 'purchase.confirmed',
          correlationId,
          times: 1,
        },
        {
          id: '8201',
          at: '2026-11-03T09:11:02.540Z',
          kind: 'visit.opened',
          correlationId,
          times: 1,
        },
      ],
    },
  },
};
