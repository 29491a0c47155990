import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

export const operations: NamespaceExamples<'operations'> = {
  list: {
    input: { action: 'ChangeQuantity', decision: 'refuse', since: '2026-11-01T00:00:00.000Z' },
    output: {
      items: [
        {
          operationId: ids.operation,
          subscriptionId: ids.subscription,
          createdAt: '2026-11-10T08:30:01.012Z',
          action: 'ChangeQuantity',
          decision: 'refuse',
          reason: 'rule:seats',
          ruleId: 'seats',
          message: { en: 'The plan Team has at most 500 seats.' },
          origin: 'marketplace',
          from: { quantity: 25 },
          to: { quantity: 900 },
          decidedAt: '2026-11-10T08:30:01.204Z',
          deadline: '2026-11-10T08:30:09.000Z',
          isInTime: true,
          answeredAt: '2026-11-10T08:30:01.690Z',
          outcome: 'refused',
          settledAt: '2026-11-10T08:30:04.880Z',
        },
      ],
    },
  },
};
