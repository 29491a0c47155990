import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const run = {
  runId: ids.run,
  publisherId: ids.publisher,
  state: 'completed' as const,
  dryRun: false,
  startedAt: '2026-11-03T02:00:00.000Z',
  finishedAt: '2026-11-03T02:00:41.512Z',
  listed: 812,
  unchanged: 811,
  drifted: 1,
  healed: 1,
  errors: 0,
  findings: [
    {
      subscriptionId: ids.otherSubscription,
      kind: 'quantity',
      detail: '10 here, 12 at Microsoft',
      cause: 'not-told',
    },
  ],
};

export const reconciliation: NamespaceExamples<'reconciliation'> = {
  start: {
    input: { publisherId: ids.publisher },
    output: {
      runId: ids.run,
      publisherId: ids.publisher,
      state: 'running',
      dryRun: false,
      startedAt: '2026-11-03T02:00:00.000Z',
      listed: 0,
      unchanged: 0,
      drifted: 0,
      healed: 0,
      errors: 0,
      findings: [],
    },
  },
  findings: {
    input: { state: 'healed', since: '2026-11-01T00:00:00.000Z' },
    output: {
      items: [
        {
          runId: ids.run,
          publisherId: ids.publisher,
          foundAt: '2026-11-03T02:00:00.000Z',
          subscriptionId: ids.otherSubscription,
          kind: 'quantity',
          detail: '10 here, 12 at Microsoft',
          cause: 'not-told',
          state: 'healed',
        },
      ],
    },
  },
  get: { input: { runId: ids.run }, output: run },
  list: { input: { limit: 10 }, output: { items: [run] } },
};
