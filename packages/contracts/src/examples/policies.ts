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
  test: {
    input: {
      publisherId: ids.publisher,
      subscription: { offerId: 'analytics', planId: 'team', quantity: 25 },
      change: { action: 'ChangeQuantity', quantity: 3 },
    },
    output: {
      answer: 'refuse',
      ruleId: 'at-least-five',
      reason: 'rule:at-least-five',
      explanation: 'Refused by the rule "at-least-five", the first one that matches.',
      tested: { publisherId: ids.publisher, offerId: 'analytics', planId: 'team', quantity: 25 },
      passedOver: [{ ruleId: 'no-downgrade', because: 'It is about the other kind of change.' }],
    },
  },
  history: {
    input: { publisherId: ids.publisher },
    output: {
      items: [
        {
          version: '7',
          savedAt: '2026-11-02T08:30:12.000Z',
          author:
            'operator 5c1b6f0e-0a2d-4b7e-8f93-d41e7a2c9b60/7a9d2e41-6c58-4f30-b1d7-3e5f8c0a6b24',
          policy,
        },
      ],
    },
  },
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
