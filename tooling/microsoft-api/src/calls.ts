import { values, type Shape, type ShapeName } from './shapes.ts';

/**
 * The sources of this package: the OpenAPI files that Microsoft publishes at
 * https://github.com/microsoft/commercial-marketplace-openapi, at commit 49068a8 (2025-06-16).
 */
export const sources = { fulfillment: 'saasapi.v2.json', metering: 'meteringapi.v1.json' } as const;

/** The content of a body: a named shape, nothing, or anything. */
export type Content = ShapeName | 'nothing' | 'anything';

export interface Parameter {
  readonly required: boolean;
  readonly shape: Shape;
}

export interface CallContract {
  readonly source: keyof typeof sources;
  readonly method: string;
  /** Path below the API's base URL. A part in braces is a GUID. */
  readonly path: string;
  readonly query: Readonly<Record<string, Parameter>>;
  /** The request's `x-ms-…` headers, besides the two ids that every call may have. */
  readonly headers: Readonly<Record<string, Parameter>>;
  readonly body: Content;
  readonly answers: Readonly<Record<number, Content>>;
  /** Headers that an answer must have, by status. */
  readonly answerHeaders: Readonly<Record<number, Readonly<Record<string, Shape>>>>;
}

const API_VERSION = { required: true, shape: { type: 'string', enum: ['2018-08-31'] } };
const must = (shape: Shape): Parameter => ({ required: true, shape });
const may = (shape: Shape): Parameter => ({ required: false, shape });

/** Statuses that any call of the SaaS API may return. Microsoft does not describe their bodies. */
const REFUSED = { 403: 'anything', 500: 'anything' } as const;
const UNKNOWN = { ...REFUSED, 404: 'anything' } as const;
const INVALID = { ...UNKNOWN, 400: 'anything' } as const;

const ACCEPTED = { 202: { 'operation-location': values.link } };

function saas(
  method: string,
  path: string,
  rest: Partial<CallContract> & Pick<CallContract, 'answers'>,
): CallContract {
  return call('fulfillment', method, { ...rest, path: `/saas/subscriptions${path}` });
}

function metering(
  method: string,
  path: string,
  rest: Partial<CallContract> & Pick<CallContract, 'answers'>,
): CallContract {
  return call('metering', method, { ...rest, path });
}

function call(
  source: CallContract['source'],
  method: string,
  rest: Partial<CallContract> & Pick<CallContract, 'answers' | 'path'>,
): CallContract {
  const { query = {}, headers = {}, body = 'nothing', answerHeaders = {} } = rest;
  return {
    source,
    method,
    path: rest.path,
    query: { 'api-version': API_VERSION, ...query },
    headers: {
      'x-ms-requestid': may(values.guid),
      'x-ms-correlationid': may(values.guid),
      ...headers,
    },
    body,
    answers: rest.answers,
    answerHeaders,
  };
}

/** Every call that Microsoft's files describe. */
export const calls = {
  resolve: saas('POST', '/resolve', {
    headers: { 'x-ms-marketplace-token': must(values.text) },
    answers: { ...INVALID, 200: 'ResolvedSubscription' },
  }),
  list: saas('GET', '/', {
    query: { continuationToken: may(values.text) },
    answers: { ...REFUSED, 200: 'SubscriptionPage' },
  }),
  get: saas('GET', '/{subscriptionId}', { answers: { ...UNKNOWN, 200: 'Subscription' } }),
  change: saas('PATCH', '/{subscriptionId}', {
    body: 'ChangedPlan',
    answers: { ...INVALID, 202: 'nothing' },
    answerHeaders: ACCEPTED,
  }),
  cancel: saas('DELETE', '/{subscriptionId}', {
    answers: { ...INVALID, 202: 'nothing' },
    answerHeaders: ACCEPTED,
  }),
  listAvailablePlans: saas('GET', '/{subscriptionId}/listAvailablePlans', {
    query: { planId: may(values.text) },
    answers: { ...UNKNOWN, 200: 'AvailablePlans' },
  }),
  activate: saas('POST', '/{subscriptionId}/activate', {
    body: 'ActivatedPlan',
    answers: { ...INVALID, 200: 'nothing' },
  }),
  listOperations: saas('GET', '/{subscriptionId}/operations', {
    answers: { ...INVALID, 200: 'Operations' },
  }),
  getOperation: saas('GET', '/{subscriptionId}/operations/{operationId}', {
    answers: { ...INVALID, 200: 'Operation' },
  }),
  updateOperation: saas('PATCH', '/{subscriptionId}/operations/{operationId}', {
    body: 'OperationAnswer',
    answers: { ...INVALID, 200: 'nothing', 409: 'anything' },
  }),
  postUsageEvent: metering('POST', '/usageEvent', {
    body: 'UsageEvent',
    answers: { 200: 'AcceptedUsage', 400: 'UsageRefusal', 403: 'anything', 409: 'UsageConflict' },
  }),
  postUsageBatch: metering('POST', '/batchUsageEvent', {
    body: 'UsageBatch',
    answers: { 200: 'UsageBatchResult', 400: 'anything', 403: 'anything' },
  }),
  listUsageEvents: metering('GET', '/usageEvents', {
    query: {
      usageStartDate: must(values.moment),
      // The capital letter is Microsoft's.
      UsageEndDate: may(values.moment),
      offerId: may(values.text),
      planId: may(values.text),
      dimension: may(values.text),
      azureSubscriptionId: may(values.guid),
      reconStatus: may(values.reconStatus),
    },
    answers: { 200: 'UsageReport', 400: 'anything', 403: 'anything' },
  }),
} as const satisfies Readonly<Record<string, CallContract>>;

export type CallName = keyof typeof calls;
