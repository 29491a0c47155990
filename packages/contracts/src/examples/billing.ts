import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const { subscription: subscriptionId } = ids;
const charge = 'c2b7e4f1-96a0-4d35-8e17-0d5f3a6c9b82';
const incident = 'f80d36a5-1e4b-47c9-a2d6-93b5c7e0184f';

const baseFee = {
  id: charge,
  publisherId: ids.publisher,
  offerId: 'analytics',
  planId: 'team',
  dimension: 'base-fee',
  quantity: '1',
  every: 'month' as const,
  from: '2026-11-01T00:00:00.000Z',
  label: 'Base fee',
  nextAt: '2026-12-01T00:00:00.000Z',
};

export const recurring: NamespaceExamples<'recurring'> = {
  list: {
    input: {},
    output: {
      items: [baseFee],
    },
  },
  put: {
    input: {
      id: charge,
      offerId: 'analytics',
      planId: 'team',
      dimension: 'base-fee',
      quantity: '1',
      every: 'month',
      from: '2026-11-01T00:00:00Z',
      label: 'Base fee',
    },
    output: { id: charge, charge: baseFee, warnings: [] },
  },
  remove: { input: { id: charge }, output: { removed: true, was: baseFee } },
  runs: {
    input: { id: charge },
    output: {
      items: [
        {
          subscriptionId,
          dueAt: '2026-11-01T00:00:00.000Z',
          outcome: 'taken',
          ranAt: '2026-11-01T00:00:03.000Z',
        },
      ],
    },
  },
};

export const incidents: NamespaceExamples<'incidents'> = {
  list: {
    input: { isSettled: false },
    output: {
      items: [
        {
          id: incident,
          publisherId: ids.publisher,
          subscriptionId,
          planId: 'team',
          dimension: 'reports',
          day: '2026-11-02',
          kind: 'mismatch',
          ours: '36',
          theirs: '35',
          message: 'Microsoft has billed 35 of 36 units. Ask Microsoft about the missing unit.',
          foundAt: '2026-11-03T06:00:00.000Z',
        },
      ],
    },
  },
  settle: {
    input: { incidentId: incident, reason: 'Microsoft has corrected its report.' },
    output: {
      settled: true,
      isNew: true,
      settledAt: '2026-11-03T10:00:00.000Z',
      settledBy: 'key 4f1d09c27ab5e836',
      reason: 'Microsoft has corrected its report.',
    },
  },
};

export const thresholds: NamespaceExamples<'thresholds'> = {
  list: {
    input: { subscriptionId },
    output: { items: [{ subscriptionId, dimension: 'reports', units: '5000' }] },
  },
  put: {
    input: { subscriptionId, dimension: 'reports', units: '5000' },
    output: {
      saved: true,
      threshold: { subscriptionId, dimension: 'reports', units: '5000' },
      warnings: [],
    },
  },
  remove: { input: { subscriptionId, dimension: 'reports' }, output: { removed: true } },
};
