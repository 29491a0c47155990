import { alerts } from './alerts.ts';
import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

export const overview: NamespaceExamples<'overview'> = {
  get: {
    input: {},
    output: {
      isGood: false,
      alerts: alerts.list.output.firing,
      matters: [
        {
          kind: 'deadDeliveries',
          count: 3,
          list: { procedure: 'deliveries.list', input: { state: 'dead' } },
          meaning: 'Events that your product did not get. Repair it, then deliveries.replay.',
        },
        {
          kind: 'refusedUsage',
          list: { procedure: 'usage.refusals', input: {} },
          meaning: 'Usage of the last day that was refused and is not billed.',
        },
      ],
      withheld: ['people.waiting'],
      at: '2026-11-15T10:00:00.000Z',
    },
  },
};

export const retention: NamespaceExamples<'retention'> = {
  get: {
    input: { publisherId: ids.publisher },
    output: {
      rules: [
        {
          service: 'gateway',
          table: 'audit_entries',
          days: 400,
          minDays: 30,
          setting: 'KEEP_AUDIT_DAYS',
          reason: 'Thirteen months: long enough to look back past the last yearly audit.',
        },
        {
          service: 'fulfillment-worker',
          table: 'subscriptions',
          reason: 'The record itself. Personal data is erased when its retention ends.',
        },
      ],
    },
  },
};
