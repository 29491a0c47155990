import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const policy = {
  rules: [
    {
      id: 'no-downgrade',
      offerId: 'analytics',
      when: { action: 'ChangePlan' as const, isDowngrade: true as const },
      decision: 'refuse' as const,
      message: { en: 'Please contact us to change to a smaller plan.' },
    },
    {
      id: 'at-least-five',
      when: { action: 'ChangeQuantity' as const, below: 5 },
      decision: 'refuse' as const,
    },
  ],
  plans: [{ offerId: 'analytics', planIds: ['basic', 'team', 'business'] }],
  compensateLateRefusals: true,
};

export const policies: NamespaceExamples<'policies'> = {
  get: { input: { publisherId: ids.publisher }, output: policy },
  put: { input: { publisherId: ids.publisher, ...policy }, output: policy },
  report: {
    input: { since: '2026-11-01T00:00:00.000Z' },
    output: {
      since: '2026-11-01T00:00:00.000Z',
      accepted: 41,
      refused: 3,
      missedDeadline: 0,
      silent: 0,
      overruled: 0,
      compensated: 0,
    },
  },
};
