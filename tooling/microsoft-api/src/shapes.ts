/** A JSON Schema (draft 7). */
export type Shape = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const flag = { type: 'boolean' };
const guid = { type: 'string', format: 'uuid' };
const moment = { type: 'string', format: 'date-time' };
const link = { type: 'string', format: 'uri' };
const whole32 = { type: 'integer', format: 'int32' };
const whole64 = { type: 'integer', format: 'int64' };
const decimal = { type: 'number' };
const double = { type: 'number', format: 'double' };
const word = (...words: string[]): Shape => ({ type: 'string', enum: words });
const listOf = (items: Shape, bounds: Shape = {}): Shape => ({ type: 'array', items, ...bounds });
const the = (name: string): Shape => ({ $ref: `#/definitions/${name}` });

/**
 * Microsoft's files require no field of a body and forbid none. This is stricter: a field that they
 * do not name is refused, and requests must have the fields that Microsoft's pages call mandatory.
 */
const record = (properties: Readonly<Record<string, Shape>>, required: string[] = []): Shape => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const termUnit = word('P1M', 'P1Y', 'P2Y', 'P3Y', 'P4Y', 'P5Y');
const usageStatus = word(
  'Accepted',
  'Expired',
  'Duplicate',
  'Error',
  'ResourceNotFound',
  'ResourceNotAuthorized',
  'ResourceNotActive',
  'InvalidDimension',
  'InvalidQuantity',
  'BadArgument',
);
export const reconStatus = word('Submitted', 'Accepted', 'Rejected', 'Mismatch');

const usageFields = {
  resourceId: guid,
  resourceUri: text,
  quantity: double,
  dimension: text,
  effectiveStartTime: moment,
  planId: text,
};
const acceptedUsage = {
  ...usageFields,
  usageEventId: guid,
  status: usageStatus,
  messageTime: moment,
};

/** The bodies of both APIs by name. Sources: `sources` in `calls.ts`. */
export const shapes = {
  ResolvedSubscription: record({
    id: guid,
    subscriptionName: text,
    offerId: text,
    planId: text,
    quantity: whole64,
    subscription: the('Subscription'),
  }),
  Subscription: record({
    id: guid,
    publisherId: text,
    offerId: text,
    name: text,
    saasSubscriptionStatus: word(
      'NotStarted',
      'PendingFulfillmentStart',
      'Subscribed',
      'Suspended',
      'Unsubscribed',
    ),
    beneficiary: the('Person'),
    purchaser: the('Person'),
    planId: text,
    quantity: whole32,
    term: record({ termUnit, startDate: moment, endDate: moment, chargeDuration: text }),
    autoRenew: flag,
    isTest: flag,
    isFreeTrial: flag,
    allowedCustomerOperations: listOf(word('Read', 'Update', 'Delete')),
    sandboxType: word('None', 'Csp'),
    created: moment,
    sessionMode: word('None', 'DryRun'),
  }),
  Person: record({
    emailId: { type: 'string', format: 'email' },
    objectId: guid,
    tenantId: guid,
    puid: text,
  }),
  SubscriptionPage: record({
    subscriptions: listOf(the('Subscription')),
    '@nextLink': link,
  }),
  AvailablePlans: record({ plans: listOf(the('Plan')) }),
  Plan: record({
    planId: text,
    displayName: text,
    isPrivate: flag,
    description: text,
    minQuantity: whole64,
    maxQuantity: whole64,
    hasFreeTrials: flag,
    isPricePerSeat: flag,
    isStopSell: flag,
    market: text,
    planComponents: record({
      recurrentBillingTerms: listOf(
        record({
          currency: text,
          price: decimal,
          termUnit,
          termDescription: text,
          meteredQuantityIncluded: listOf(record({ dimensionId: text, units: text })),
        }),
      ),
      meteringDimensions: listOf(
        record({
          id: text,
          currency: text,
          pricePerUnit: decimal,
          unitOfMeasure: text,
          displayName: text,
        }),
      ),
    }),
    sourceOffers: listOf(record({ externalId: guid })),
  }),
  /** The body of activate and of a change. A change has one of the two, never both. */
  ActivatedPlan: record({ planId: text, quantity: whole64 }),
  ChangedPlan: {
    ...record({ planId: text, quantity: whole64 }),
    minProperties: 1,
    maxProperties: 1,
  },
  OperationAnswer: record({ planId: text, quantity: whole64, status: word('Success', 'Failure') }, [
    'status',
  ]),
  Operations: record({ operations: listOf(the('Operation')) }),
  Operation: record({
    id: guid,
    activityId: guid,
    subscriptionId: guid,
    offerId: text,
    publisherId: text,
    planId: text,
    quantity: whole32,
    action: word('Unsubscribe', 'ChangePlan', 'ChangeQuantity', 'Suspend', 'Reinstate', 'Renew'),
    timeStamp: moment,
    status: word('NotStarted', 'InProgress', 'Succeeded', 'Failed', 'Conflict'),
  }),
  /** For a SaaS offer: a resource id, never the URI of a managed application. */
  UsageEvent: record({ ...usageFields, quantity: { ...double, exclusiveMinimum: 0 } }, [
    'resourceId',
    'quantity',
    'dimension',
    'effectiveStartTime',
    'planId',
  ]),
  UsageBatch: record({ request: listOf(the('UsageEvent'), { minItems: 1, maxItems: 25 }) }, [
    'request',
  ]),
  AcceptedUsage: record(acceptedUsage),
  UsageBatchResult: record({
    result: listOf(record({ ...acceptedUsage, error: the('UsageConflict') })),
    count: { type: 'integer' },
  }),
  UsageConflict: record({
    additionalInfo: record({ acceptedMessage: the('AcceptedUsage') }),
    message: text,
    code: text,
  }),
  UsageRefusal: record({
    code: text,
    message: text,
    target: text,
    details: listOf(record({ code: text, message: text, target: text })),
  }),
  UsageReport: listOf(
    record({
      usageDate: moment,
      usageResourceId: guid,
      dimension: text,
      planId: text,
      planName: text,
      offerId: text,
      offerName: text,
      offerType: text,
      azureSubscriptionId: guid,
      reconStatus,
      submittedQuantity: double,
      processedQuantity: double,
      submittedCount: double,
    }),
  ),
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof shapes;

/** The possible values of query parameters and headers. */
export const values = { text, guid, moment, link, reconStatus } as const;
