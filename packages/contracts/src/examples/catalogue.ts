import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const plan = {
  publisherId: ids.publisher,
  offerId: 'analytics',
  planId: 'team',
  market: 'US',
  displayName: 'Team',
  isPrivate: false,
  isPricePerSeat: true,
  terms: [
    {
      termUnit: 'P1M',
      price: '15',
      currency: 'USD',
      included: [{ dimension: 'reports', quantity: '1000', source: 'microsoft' as const }],
    },
  ],
  dimensions: [
    {
      id: 'reports',
      displayName: 'Reports',
      unitOfMeasure: 'reports',
      unitPrice: '0.05',
      currency: 'USD',
    },
  ],
  version: 3,
  since: '2026-10-20T03:00:00.000Z',
  readAt: '2026-11-03T03:00:00.000Z',
};

const target = { offerId: 'analytics', planId: 'team' };
const tiers = [
  { from: '0', dimension: 'reports' },
  { from: '10000', dimension: 'reports-volume' },
];

const override = {
  publisherId: ids.publisher,
  ...target,
  termUnit: 'P1Y',
  dimension: 'reports',
  included: '12000',
  since: '2026-10-20T10:00:00.000Z',
};

const meter = {
  publisherId: ids.publisher,
  ...target,
  meter: 'reports',
  tiers,
  since: '2026-10-20T10:00:00.000Z',
};

export const catalogue: NamespaceExamples<'catalogue'> = {
  list: { input: { offerId: 'analytics' }, output: { items: [plan] } },
  history: { input: target, output: { items: [plan] } },
  refresh: {
    input: { offerId: 'analytics' },
    output: { plans: 3, detail: 'Three plans are read within seconds.' },
  },
};

export const overrides: NamespaceExamples<'overrides'> = {
  list: {
    input: {},
    output: {
      items: [override],
    },
  },
  put: {
    input: { ...target, termUnit: 'P1Y', dimension: 'reports', included: '12000' },
    output: { saved: true, override, warnings: [] },
  },
  remove: {
    input: { ...target, termUnit: 'P1Y', dimension: 'reports' },
    output: { removed: true },
  },
};

export const meters: NamespaceExamples<'meters'> = {
  list: {
    input: {},
    output: {
      items: [meter],
    },
  },
  put: {
    input: { ...target, meter: 'reports', tiers },
    output: { saved: true, meter, warnings: [] },
  },
  remove: { input: { ...target, meter: 'reports' }, output: { removed: true } },
};
