import type { NamespaceExamples } from './example.ts';

const findings = [
  {
    where: 'landing: people with access to the manage page, and their requests',
    rows: 2,
    treatment: 'erased' as const,
  },
  {
    where: 'fulfillment-worker: beneficiary and purchaser of living subscriptions',
    rows: 1,
    treatment: 'kept' as const,
    why: "Microsoft's record of a living subscription names them, and the contract needs them. They are erased when the retention after its end is over.",
  },
];

export const personalData: NamespaceExamples<'personalData'> = {
  export: {
    input: { email: 'ada@fabrikam.example' },
    output: {
      findings,
      data: {
        'landing: people with access to the manage page, and their requests': [
          { role: 'owner', name: 'Ada Jones', email: 'ada@fabrikam.example' },
        ],
      },
      isComplete: false,
    },
  },
  erase: {
    input: { email: 'ada@fabrikam.example', dryRun: true, reason: 'Request 4711' },
    output: { findings, isDryRun: true },
  },
};
