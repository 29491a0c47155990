import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const period = { from: '2026-12-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };

export const calendar: NamespaceExamples<'calendar'> = {
  list: {
    input: { ...period, kinds: ['renews', 'ends', 'approvalDue'], limit: 50 },
    output: {
      items: [
        {
          id: ids.subscription,
          at: '2026-12-10T00:00:00.000Z',
          kind: 'renews',
          publisherId: ids.publisher,
          subscriptionId: ids.subscription,
          name: 'Fabrikam production',
          offerId: 'analytics',
          planId: 'team',
          quantity: 25,
          isTest: false,
        },
      ],
    },
  },
  days: {
    input: period,
    output: {
      days: [
        { day: '2026-12-10', counts: { renews: 1 } },
        { day: '2026-12-14', counts: { ends: 2, configurationDue: 1 } },
      ],
    },
  },
};
