import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const { subscription: subscriptionId } = ids;
const dimension = 'reports';
const month = '2026-11';

const line = {
  planId: 'team',
  planName: 'Team',
  termStart: '2026-11-01T00:00:00.000Z',
  termUnit: 'P1M',
  dimension,
  displayName: 'Reports',
  unitOfMeasure: 'reports',
  used: '1250',
  included: '1000',
  billed: '250',
  pending: '0',
  notBilled: '0',
  carriedIn: '0',
  carriedOut: '0',
  remainder: '0',
  unitPrice: '0.05',
  currency: 'USD',
  amount: '12.5',
};

const statement = {
  publisherId: ids.publisher,
  subscriptionId,
  offerId: 'analytics',
  month,
  isTest: false,
  isFinal: false,
  lines: [line],
  totals: [{ currency: 'USD', amount: '12.5' }],
  isPriceMissing: false,
};

export const usage: NamespaceExamples<'usage'> = {
  report: {
    input: {
      records: [
        {
          eventId: 'report-20261103-0042',
          subscriptionId,
          dimension,
          quantity: '1',
          occurredAt: '2026-11-03T09:41:07Z',
        },
      ],
    },
    output: { results: [{ eventId: 'report-20261103-0042', outcome: 'taken' }] },
  },
  refusals: {
    input: { refusal: 'dimension-unknown' },
    output: {
      items: [
        {
          publisherId: ids.publisher,
          subscriptionId,
          dimension: 'report',
          refusal: 'dimension-unknown',
          message: 'The plan has no dimension "report". It has: reports.',
          hour: '2026-11-03T09:00:00.000Z',
          records: 3,
          lastEventId: 'report-20261103-0041',
          lastAt: '2026-11-03T09:40:55.000Z',
        },
      ],
    },
  },
  progress: {
    input: {},
    output: {
      days: [
        { day: '2026-11-02', accepted: 24, pending: 0, lost: 0 },
        { day: '2026-11-03', accepted: 9, pending: 1, lost: 0 },
      ],
      nextDeadlineAt: '2026-11-04T09:12:00.000Z',
    },
  },
  days: {
    input: { subscriptionId },
    output: {
      items: [
        {
          day: '2026-11-10',
          hours: { settled: 23, refused: 1 },
          dimensions: ['api-calls'],
          isProblem: true,
        },
      ],
    },
  },
  hours: {
    input: { subscriptionId, state: 'settled' },
    output: {
      items: [
        {
          subscriptionId,
          dimension,
          planId: 'team',
          hour: '2026-11-03T09:00:00.000Z',
          used: '14',
          reported: '14',
          billed: '14',
          state: 'settled',
          status: 'Accepted',
          usageEventId: '1c9e7f30-5b42-48a6-9d13-e0f8a2c6b751',
          attempts: 1,
          settledAt: '2026-11-03T10:20:02.000Z',
          isTest: false,
        },
      ],
    },
  },
  records: {
    input: {
      subscriptionId,
      from: '2026-11-03T09:00:00Z',
      to: '2026-11-03T10:00:00Z',
    },
    output: {
      items: [
        {
          eventId: 'report-20261103-0042',
          dimension,
          quantity: '1',
          occurredAt: '2026-11-03T09:41:07.000Z',
          takenAt: '2026-11-03T09:41:08.112Z',
          planId: 'team',
        },
      ],
    },
  },
  resend: {
    input: {
      subscriptionId,
      dimension,
      hour: '2026-11-03T09:00:00Z',
      reason: 'The dimension is published now.',
    },
    output: { queued: true, expiresAt: '2026-11-04T09:00:00.000Z' },
  },
  summary: {
    input: { subscriptionId },
    output: {
      termStart: '2026-11-01T00:00:00.000Z',
      termEnd: '2026-12-01T00:00:00.000Z',
      updatedAt: '2026-11-03T09:41:08.112Z',
      dimensions: [
        {
          planId: 'team',
          dimension,
          displayName: 'Reports',
          unitOfMeasure: 'reports',
          used: '1250',
          included: '1000',
          overage: '250',
          unitPrice: '0.05',
          currency: 'USD',
          amount: '12.5',
          days: [{ day: '2026-11-03', used: '14' }],
        },
      ],
    },
  },
  statement: { input: { subscriptionId, month }, output: statement },
  statements: { input: { month, limit: 50 }, output: { items: [statement] } },
  readBack: {
    input: { verdict: 'mismatch' },
    output: {
      items: [
        {
          subscriptionId,
          planId: 'team',
          dimension,
          day: '2026-11-02',
          ours: '36',
          submitted: '36',
          processed: '35',
          reconStatus: 'Mismatch',
          verdict: 'mismatch',
          readAt: '2026-11-03T06:00:00.000Z',
        },
      ],
    },
  },
  preview: {
    input: {
      offerId: 'analytics',
      planId: 'team',
      termUnit: 'P1M',
      usage: [{ dimension, before: '900', quantity: '150' }],
    },
    output: {
      lines: [
        {
          dimension,
          used: '150',
          included: '100',
          billed: '50',
          unitPrice: '0.05',
          currency: 'USD',
          amount: '2.5',
        },
      ],
    },
  },
  previewPlan: {
    input: { subscriptionId, month, planId: 'business' },
    output: {
      asBilled: statement,
      asPreviewed: {
        ...statement,
        lines: [
          {
            ...line,
            planId: 'business',
            planName: 'Business',
            included: '1250',
            billed: '0',
            amount: '0',
          },
        ],
        totals: [{ currency: 'USD', amount: '0' }],
      },
    },
  },
};
