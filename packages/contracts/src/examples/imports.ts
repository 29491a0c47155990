import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

export const imports: NamespaceExamples<'imports'> = {
  subscriptions: {
    input: {
      source: 'saas-accelerator',
      subscriptions: [
        {
          subscriptionId: ids.subscription,
          status: 'Subscribed',
          planId: 'growth',
          quantity: 25,
          claimedBy: { emailId: 'ada@fabrikam.example' },
          answers: { space: 'fabrikam' },
          history: [
            {
              at: '2025-02-01T10:00:00.000Z',
              text: 'Status: PendingFulfillmentStart to Subscribed',
            },
          ],
        },
      ],
      dryRun: true,
    },
    output: {
      results: [
        {
          subscriptionId: ids.subscription,
          outcome: 'imported',
          differences: ['quantity: 25 there, 30 at Microsoft'],
        },
      ],
      isDryRun: true,
    },
  },
};
