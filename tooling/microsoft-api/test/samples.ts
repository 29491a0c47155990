import type { CallName } from '../src/calls.ts';
import type { Exchange } from '../src/judge.ts';

const ID = '37f9dea2-4345-438f-b0bd-03d40d28c7e0';
const OPERATION = '74dfb4db-c193-4891-827d-eb05fbdc64b0';
const AT = '2025-01-12T08:00:00.000Z';
const SUBSCRIPTIONS = '/saas/subscriptions';

const person = {
  emailId: 'ada@fabrikam.example',
  objectId: '8ee7b3ba-2a6f-4f56-8d54-6a8a37ac9d7e',
  tenantId: 'b5e8a0a4-7d2a-4d5b-9a35-9cb8bcd6b4c1',
  puid: '10032000a1b2c3d4',
};
const subscription = {
  id: ID,
  publisherId: 'contoso',
  offerId: 'teamdesk',
  name: 'Fabrikam TeamDesk',
  saasSubscriptionStatus: 'Subscribed',
  beneficiary: person,
  purchaser: person,
  planId: 'standard',
  quantity: 10,
  term: { termUnit: 'P1M', startDate: AT, endDate: AT, chargeDuration: 'P1M' },
  autoRenew: true,
  isTest: false,
  isFreeTrial: false,
  allowedCustomerOperations: ['Read', 'Update', 'Delete'],
  sandboxType: 'None',
  created: AT,
  sessionMode: 'None',
};
const plan = {
  planId: 'standard',
  displayName: 'Standard',
  isPrivate: false,
  description: 'For teams',
  minQuantity: 1,
  maxQuantity: 100,
  hasFreeTrials: false,
  isPricePerSeat: true,
  isStopSell: false,
  market: 'US',
  planComponents: {
    recurrentBillingTerms: [
      {
        currency: 'USD',
        price: 49.5,
        termUnit: 'P1Y',
        termDescription: 'a year',
        meteredQuantityIncluded: [{ dimensionId: 'reports', units: '100' }],
      },
    ],
    meteringDimensions: [
      {
        id: 'reports',
        currency: 'USD',
        pricePerUnit: 0.25,
        unitOfMeasure: 'report',
        displayName: 'Reports',
      },
    ],
  },
  sourceOffers: [{ externalId: OPERATION }],
};
const operation = {
  id: OPERATION,
  activityId: ID,
  subscriptionId: ID,
  offerId: 'teamdesk',
  publisherId: 'contoso',
  planId: 'standard',
  quantity: 20,
  action: 'ChangeQuantity',
  timeStamp: AT,
  status: 'InProgress',
};
const usage = {
  resourceId: ID,
  quantity: 5.5,
  dimension: 'reports',
  effectiveStartTime: AT,
  planId: 'growth',
};
const accepted = { usageEventId: OPERATION, status: 'Accepted', messageTime: AT, ...usage };
const duplicate = {
  additionalInfo: { acceptedMessage: { ...accepted, status: 'Duplicate' } },
  message: 'This usage event already exist.',
  code: 'Conflict',
};
const day = {
  usageDate: AT,
  usageResourceId: ID,
  dimension: 'reports',
  planId: 'growth',
  planName: 'Growth',
  offerId: 'insights',
  offerName: 'Insights',
  offerType: 'SaaS',
  azureSubscriptionId: OPERATION,
  reconStatus: 'Accepted',
  submittedQuantity: 5.5,
  processedQuantity: 5.5,
  submittedCount: 1,
};

/** One exchange per call, with every field in Microsoft's bodies. */
export const samples: Readonly<Record<CallName, Exchange>> = {
  resolve: sent('POST', `${SUBSCRIPTIONS}/resolve`, {
    headers: { 'x-ms-marketplace-token': 'kept-back' },
    answer: {
      id: ID,
      subscriptionName: 'Fabrikam TeamDesk',
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 10,
      subscription,
    },
  }),
  list: sent('GET', SUBSCRIPTIONS, {
    query: { continuationToken: 'next' },
    answer: { subscriptions: [subscription], '@nextLink': 'https://next.example/?page=2' },
  }),
  get: sent('GET', `${SUBSCRIPTIONS}/${ID.toUpperCase()}`, { answer: subscription }),
  change: sent('PATCH', `${SUBSCRIPTIONS}/${ID}`, { body: { quantity: 20 }, status: 202 }),
  cancel: sent('DELETE', `${SUBSCRIPTIONS}/${ID}`, { status: 202 }),
  listAvailablePlans: sent('GET', `${SUBSCRIPTIONS}/${ID}/listAvailablePlans`, {
    query: { planId: 'standard' },
    answer: { plans: [plan] },
  }),
  activate: sent('POST', `${SUBSCRIPTIONS}/${ID}/activate`, {
    body: { planId: 'standard', quantity: 10 },
  }),
  listOperations: sent('GET', `${SUBSCRIPTIONS}/${ID}/operations`, {
    answer: { operations: [operation] },
  }),
  getOperation: sent('GET', `${SUBSCRIPTIONS}/${ID}/operations/${OPERATION}`, {
    answer: operation,
  }),
  updateOperation: sent('PATCH', `${SUBSCRIPTIONS}/${ID}/operations/${OPERATION}`, {
    body: { status: 'Success' },
  }),
  postUsageEvent: sent('POST', '/usageEvent', { body: usage, answer: accepted }),
  postUsageBatch: sent('POST', '/batchUsageEvent', {
    body: { request: [usage] },
    answer: { count: 1, result: [{ ...accepted, status: 'Duplicate', error: duplicate }] },
  }),
  listUsageEvents: sent('GET', '/usageEvents', {
    query: { usageStartDate: AT, UsageEndDate: AT, reconStatus: 'Accepted' },
    answer: [day],
  }),
};

interface Sample {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status?: number;
  readonly answer?: unknown;
}

function sent(method: string, path: string, sample: Sample): Exchange {
  const { query, headers, body, status = 200, answer } = sample;
  const ids = { 'x-ms-requestid': ID, 'x-ms-correlationid': OPERATION };
  return {
    method,
    path,
    query: { 'api-version': '2018-08-31', ...query },
    headers: {
      authorization: 'Bearer kept-back',
      'content-type': 'application/json',
      ...ids,
      ...headers,
    },
    body: body === undefined ? '' : JSON.stringify(body),
    answer: {
      status,
      headers: {
        ...ids,
        ...(status === 202 && { 'operation-location': `https://api.example${path}` }),
      },
      body: answer === undefined ? '' : JSON.stringify(answer),
    },
  };
}
