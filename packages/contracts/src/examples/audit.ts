import type { NamespaceExamples } from './example.ts';

const lastHash = '9f2b5c81d0a7e64f3b1c8d92e5a0f7734c6de8019ab2f3c45d6e7f8091a2b3c4';

export const audit: NamespaceExamples<'audit'> = {
  list: {
    input: { procedure: 'settings', limit: 1 },
    output: {
      items: [
        {
          sequence: '4711',
          at: '2026-11-29T09:30:12.345Z',
          actor: 'key 7d1f0c2ab8e94f35',
          actorLabel: 'Deployment',
          publisherId: 'contoso',
          procedure: 'settings.put',
          subject: 'contoso-analytics',
          outcome: 'done',
          reason: 'Customers need longer to set up their space.',
          from: '203.0.113.0/24',
          before: { timeoutHours: 24 },
          after: { timeoutHours: 72 },
          correlationId: '0b6d3f4e-51a8-4c1c-9d5e-2f7a8c9b0d1e',
          times: 1,
          hash: lastHash,
        },
      ],
    },
  },
  verify: {
    input: {},
    output: { isIntact: true, checked: 4711, lastSequence: '4711', lastHash },
  },
};
