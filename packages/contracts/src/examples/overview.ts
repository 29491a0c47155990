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
          kind: 'task-parked',
          count: 3,
          severity: 'warning',
          list: { procedure: 'matters.list', input: { kinds: ['task-parked'] } },
          meaning: 'Work on a subscription has stopped. Put the cause right, then replay the task.',
          incidentPage: 'https://landfall.example.com/docs/incidents#tasks-parked',
        },
      ],
      withheld: [],
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
