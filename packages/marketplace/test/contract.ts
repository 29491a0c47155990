import { z } from 'zod';

/**
 * What Microsoft's public documents say about the requests of both APIs, written down here by hand and
 * on purpose not taken from `src`: the client is held against it.
 */
export interface EndpointContract {
  readonly method: string;
  readonly path: RegExp;
  /** Allowed query parameters, with the mandatory ones marked. */
  readonly query: Readonly<Record<string, 'required' | 'optional'>>;
  readonly headers: Readonly<Record<string, RegExp>>;
  readonly body: z.ZodType | undefined;
}

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SUBSCRIPTION = `/api/saas/subscriptions/${GUID}`;
const COMMON = {
  authorization: /^Bearer \S+$/,
  'content-type': /^application\/json$/,
  'x-ms-requestid': new RegExp(`^${GUID}$`),
  'x-ms-correlationid': new RegExp(`^${GUID}$`),
};
const VERSION = { 'api-version': 'required' } as const;
const usageEvent = z.strictObject({
  resourceId: z.guid(),
  quantity: z.number().positive(),
  dimension: z.string().min(1),
  effectiveStartTime: z.iso.datetime(),
  planId: z.string().min(1),
});

export const CONTRACT = {
  resolve: {
    method: 'POST',
    path: /^\/api\/saas\/subscriptions\/resolve$/,
    query: VERSION,
    headers: { ...COMMON, 'x-ms-marketplace-token': /^[!-~]+$/ },
    body: undefined,
  },
  activate: {
    method: 'POST',
    path: new RegExp(`^${SUBSCRIPTION}/activate$`),
    query: VERSION,
    headers: COMMON,
    body: z.strictObject({ planId: z.string(), quantity: z.int().positive().optional() }),
  },
  list: {
    method: 'GET',
    path: /^\/api\/saas\/subscriptions\/?$/,
    query: { ...VERSION, continuationToken: 'optional' },
    headers: COMMON,
    body: undefined,
  },
  get: {
    method: 'GET',
    path: new RegExp(`^${SUBSCRIPTION}$`),
    query: VERSION,
    headers: COMMON,
    body: undefined,
  },
  listAvailablePlans: {
    method: 'GET',
    path: new RegExp(`^${SUBSCRIPTION}/listAvailablePlans$`),
    query: { ...VERSION, planId: 'optional' },
    headers: COMMON,
    body: undefined,
  },
  changePlan: {
    method: 'PATCH',
    path: new RegExp(`^${SUBSCRIPTION}$`),
    query: VERSION,
    headers: COMMON,
    body: z.strictObject({ planId: z.string() }),
  },
  changeQuantity: {
    method: 'PATCH',
    path: new RegExp(`^${SUBSCRIPTION}$`),
    query: VERSION,
    headers: COMMON,
    body: z.strictObject({ quantity: z.int().positive() }),
  },
  cancel: {
    method: 'DELETE',
    path: new RegExp(`^${SUBSCRIPTION}$`),
    query: VERSION,
    headers: COMMON,
    body: undefined,
  },
  listOperations: {
    method: 'GET',
    path: new RegExp(`^${SUBSCRIPTION}/operations$`),
    query: VERSION,
    headers: COMMON,
    body: undefined,
  },
  getOperation: {
    method: 'GET',
    path: new RegExp(`^${SUBSCRIPTION}/operations/${GUID}$`),
    query: VERSION,
    headers: COMMON,
    body: undefined,
  },
  updateOperation: {
    method: 'PATCH',
    path: new RegExp(`^${SUBSCRIPTION}/operations/${GUID}$`),
    query: VERSION,
    headers: COMMON,
    body: z.strictObject({ status: z.enum(['Success', 'Failure']) }),
  },
  postUsageEvent: {
    method: 'POST',
    path: /^\/api\/usageEvent$/,
    query: VERSION,
    headers: COMMON,
    body: usageEvent,
  },
  postBatch: {
    method: 'POST',
    path: /^\/api\/batchUsageEvent$/,
    query: VERSION,
    headers: COMMON,
    body: z.strictObject({ request: z.array(usageEvent).min(1).max(25) }),
  },
  listUsageEvents: {
    method: 'GET',
    path: /^\/api\/usageEvents$/,
    query: {
      ...VERSION,
      usageStartDate: 'required',
      UsageEndDate: 'optional',
      offerId: 'optional',
      planId: 'optional',
      dimension: 'optional',
      azureSubscriptionId: 'optional',
      reconStatus: 'optional',
    },
    headers: COMMON,
    body: undefined,
  },
} as const satisfies Readonly<Record<string, EndpointContract>>;
