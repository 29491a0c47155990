import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const { subscription: subscriptionId, change: changeId } = ids;
const person = { tenantId: ids.customerTenant, objectId: ids.person, emailId: 'ada@fabrikam.com' };

const subscription = {
  id: subscriptionId,
  publisherId: ids.publisher,
  offerId: 'analytics',
  planId: 'team',
  name: 'Fabrikam analytics',
  quantity: 25,
  status: 'Subscribed',
  term: {
    startDate: '2026-11-01T00:00:00.000Z',
    endDate: '2026-12-01T00:00:00.000Z',
    termUnit: 'P1M',
  },
  autoRenew: true,
  isFreeTrial: false,
  isTest: false,
  isTestPurchase: false,
  beneficiary: person,
  purchaser: person,
  allowedCustomerOperations: ['Read', 'Update', 'Delete'],
  channel: 'direct',
  activation: { state: 'confirmed', requestedAt: '2026-11-01T09:14:02.118Z' },
  version: 4,
  createdAt: '2026-11-01T09:12:40.000Z',
  updatedAt: '2026-11-01T09:14:06.310Z',
} as const;

const note = {
  noteId: '4be0a1f7-92c3-4d58-8e16-07d5b3a9c2f4',
  at: '2026-11-01T10:05:00.000Z',
  text: 'Asked for a security review before the rollout.',
  author: 'key 2f8c1d3e-7b60-4a95-9c14-5e0d6f7a8b32',
} as const;

const input = { subscriptionId };
const approvedBy = 'ada@fabrikam.com';
const requested = { changeId, state: 'requested' } as const;

export const subscriptions: NamespaceExamples<'subscriptions'> = {
  list: {
    input: { status: 'Subscribed', offerId: 'analytics', limit: 50 },
    output: {
      items: [{ ...subscription, allowedCustomerOperations: ['Read', 'Update', 'Delete'] }],
    },
  },
  get: {
    input,
    output: { ...subscription, allowedCustomerOperations: ['Read', 'Update', 'Delete'] },
  },
  timeline: {
    input: { subscriptionId, order: 'newest' },
    output: {
      items: [
        {
          sequence: 2,
          at: '2026-11-01T09:14:06.310Z',
          kind: 'activated',
          cause: 'worker',
          correlationId: '9e0c4f7a-31b8-4d62-a5f9-6c80e2b7d134',
          details: { planId: 'team', quantity: 25 },
        },
        {
          sequence: 1,
          at: '2026-11-01T09:12:40.000Z',
          kind: 'purchased',
          cause: 'landing',
          details: {},
        },
      ],
    },
  },
  availablePlans: {
    input,
    output: {
      plans: [
        {
          planId: 'team',
          displayName: 'Team',
          isPrivate: false,
          isPricePerSeat: true,
          minQuantity: 5,
          maxQuantity: 500,
          hasFreeTrials: false,
          terms: [{ termUnit: 'P1M', price: 15, currency: 'USD' }],
        },
        {
          planId: 'basic',
          displayName: 'Basic',
          isPrivate: false,
          isPricePerSeat: false,
          hasFreeTrials: false,
          terms: [{ termUnit: 'P1M', price: 49, currency: 'USD' }],
          refusal: {
            reason: 'rule:no-downgrade',
            ruleId: 'no-downgrade',
            message: { en: 'Please contact us to change to a smaller plan.' },
          },
        },
      ],
      seats: { permitted: [{ min: 5, max: 500 }], refused: [] },
    },
  },
  activate: {
    input: { subscriptionId, answers: { region: 'eu' } },
    output: {
      ...subscription,
      allowedCustomerOperations: ['Read', 'Update', 'Delete'],
      status: 'PendingFulfillmentStart',
      activation: { state: 'requested', requestedAt: '2026-11-01T09:14:02.118Z' },
    },
  },
  approve: {
    input: { subscriptionId, reason: 'The contract is signed.' },
    output: {
      ...subscription,
      allowedCustomerOperations: ['Read', 'Update', 'Delete'],
      status: 'PendingFulfillmentStart',
      activation: { state: 'requested', requestedAt: '2026-11-01T09:14:02.118Z' },
      approval: {
        state: 'approved',
        requestedAt: '2026-11-01T09:14:02.118Z',
        decidedAt: '2026-11-01T10:02:51.400Z',
        decidedBy:
          'operator 5c1b6f0e-0a2d-4b7e-8f93-d41e7a2c9b60/7a9d2e41-6c58-4f30-b1d7-3e5f8c0a6b24',
        reason: 'The contract is signed.',
      },
    },
  },
  decline: {
    input: {
      subscriptionId,
      reason: 'Outside the countries that we serve.',
      messageToBuyer: 'We do not serve your country yet. Our partner Northwind does.',
    },
    output: {
      ...subscription,
      allowedCustomerOperations: ['Read', 'Update', 'Delete'],
      status: 'PendingFulfillmentStart',
      activation: { state: 'declined', requestedAt: '2026-11-01T09:14:02.118Z' },
      approval: {
        state: 'declined',
        requestedAt: '2026-11-01T09:14:02.118Z',
        decidedAt: '2026-11-01T10:02:51.400Z',
        decidedBy:
          'operator 5c1b6f0e-0a2d-4b7e-8f93-d41e7a2c9b60/7a9d2e41-6c58-4f30-b1d7-3e5f8c0a6b24',
        reason: 'Outside the countries that we serve.',
        messageToBuyer: 'We do not serve your country yet. Our partner Northwind does.',
      },
    },
  },
  notes: { input, output: { items: [note] } },
  addNote: { input: { subscriptionId, text: note.text }, output: note },
  confirmProvisioned: {
    input,
    output: {
      ...subscription,
      allowedCustomerOperations: ['Read', 'Update', 'Delete'],
      provisioning: { state: 'confirmed' },
    },
  },
  failProvisioning: {
    input: { subscriptionId, reason: 'region-not-available' },
    output: {
      ...subscription,
      allowedCustomerOperations: ['Read', 'Update', 'Delete'],
      status: 'PendingFulfillmentStart',
      activation: { state: 'failed', failure: 'region-not-available' },
      provisioning: { state: 'failed', failure: 'region-not-available' },
    },
  },
  changePlan: { input: { subscriptionId, planId: 'business', approvedBy }, output: requested },
  changeQuantity: { input: { subscriptionId, quantity: 30, approvedBy }, output: requested },
  cancel: { input: { subscriptionId, approvedBy }, output: requested },
  change: {
    input: { changeId },
    output: {
      changeId,
      state: 'succeeded',
      subscriptionId,
      kind: 'ChangeQuantity',
      quantity: 30,
      origin: 'publisher',
    },
  },
  count: {
    input: { status: 'Subscribed', offerId: 'analytics' },
    output: { count: 4_812, isMore: false },
  },
  truths: {
    input: { subscriptionId },
    output: {
      subscriptionId,
      microsoft: {
        state: 'read',
        readAt: '2026-11-10T08:30:05.020Z',
        requestId: 'a6e2f4d8-90b1-4c37-8d5e-71f03c9a2b46',
        values: { status: 'Subscribed', offerId: 'analytics', planId: 'team', quantity: 30 },
        record: { id: subscriptionId, planId: 'team', quantity: 30, name: '[removed]' },
      },
      landfall: {
        version: 7,
        updatedAt: '2026-11-10T08:30:05.031Z',
        values: { status: 'Subscribed', offerId: 'analytics', planId: 'team', quantity: 30 },
      },
      products: [
        {
          destinationId: ids.destination,
          label: 'Analytics backend',
          isEnabled: true,
          acknowledged: {
            deliveryId: ids.delivery,
            type: 'subscription.activated',
            at: '2026-11-01T09:14:07.400Z',
            version: 5,
            values: { status: 'Subscribed', offerId: 'analytics', planId: 'team', quantity: 25 },
          },
          waiting: 1,
          waitsSince: '2026-11-10T08:30:05.031Z',
          dead: 0,
        },
      ],
      differences: [
        {
          field: 'quantity',
          between: 'landfall-product',
          landfall: 30,
          product: 25,
          destinationId: ids.destination,
          sentence:
            'Analytics backend acknowledged the quantity 25 at 2026-11-01T09:14:07.400Z, and Landfall has the quantity 30. Landfall still sends 1 event.',
        },
      ],
    },
  },
  reread: {
    input: { subscriptionId },
    output: {
      subscriptionId,
      readAt: '2026-11-10T08:31:00.000Z',
      isKnown: true,
      changes: [{ field: 'quantity', before: 25, after: 30 }],
      version: 7,
    },
  },
  exchanges: {
    input: { subscriptionId },
    output: {
      items: [
        {
          id: '9407',
          at: '2026-11-01T09:14:05.020Z',
          call: 'activate',
          status: 200,
          durationMs: 412,
          attempt: 1,
          requestId: 'a6e2f4d8-90b1-4c37-8d5e-71f03c9a2b46',
          correlationId: '9e0c4f7a-31b8-4d62-a5f9-6c80e2b7d134',
          cause: 'activate',
          sent: { planId: 'team', quantity: 25 },
          answer: {},
        },
      ],
    },
  },
  operations: {
    input: { subscriptionId },
    output: {
      items: [
        {
          operationId: ids.operation,
          action: 'ChangeQuantity',
          decision: 'accept',
          origin: 'marketplace',
          from: { quantity: 25 },
          to: { quantity: 30 },
          decidedAt: '2026-11-10T08:30:01.204Z',
          deadline: '2026-11-10T08:30:09.000Z',
          isInTime: true,
          outcome: 'succeeded',
          settledAt: '2026-11-10T08:30:04.880Z',
        },
      ],
    },
  },
};
