import { z } from 'zod';

const choice = z.enum(['documented', 'measured']);

interface OddityText {
  readonly documented: string;
  readonly measured: string;
}

/**
 * Differences between Microsoft's documentation and its behaviour, or between two pages of the
 * documentation. Each is a switch between the newest documented behaviour and the behaviour that
 * was measured in production or is documented elsewhere. A client must work with both.
 */
export const ODDITIES = {
  authFailureStatus: { documented: '403', measured: '401' },
  unknownOperationStatus: { documented: '404', measured: '400' },
  operationsListShape: { documented: '{"operations":[…]}', measured: 'a bare array' },
  operationsListUnknownSubscription: { documented: '404', measured: '200 and an empty list' },
  operationsListLag: { documented: 'listed at once', measured: 'an operation is listed after 3 s' },
  operationStatusWord: { documented: 'Succeeded, InProgress', measured: 'Success, In Progress' },
  junkOperationStatus: { documented: '400', measured: 'answered 200, without effect' },
  refuseByPatch: { documented: 'PATCH Failure refuses', measured: 'PATCH Failure is ignored' },
  partnerPatch: {
    documented: 'PATCH settles an operation of the publisher',
    measured: 'PATCH answers 500; the operation succeeds without an answer',
  },
  partnerWebhook: {
    documented: 'a change by the publisher causes a notification with source Partner',
    measured: 'no notification; the change succeeds without an answer',
  },
  unansweredChange: {
    documented: 'accepted 10 s after the first notification, unless the answer was 4xx',
    measured: 'accepted only after a 2xx; without one it fails when the retries end',
  },
  refusedChange: {
    documented: 'no further notification',
    measured: 'a second notification changes back to the current value',
  },
  reinstateNeedsAnswer: {
    documented: 'succeeds with the 200',
    measured: 'stays InProgress until PATCH or 10 s',
  },
  renewalNotice: { documented: 'Renew', measured: 'Subscribe and Renew' },
  pendingEndNotice: {
    documented:
      'no notification for a purchase that ends before activation, unless the activation failed',
    measured: 'Unsubscribe',
  },
  activatePlanCheck: {
    documented: '400 if planId or quantity differ from the purchase',
    measured: 'they are not compared',
  },
  activateSubscribed: { documented: '400', measured: '200' },
  listPageSize: { documented: '100', measured: '80' },
  listEmpty: { documented: 'empty body', measured: '{"subscriptions":[]}' },
  listLastPage: { documented: 'no @nextLink', measured: '"@nextLink":""' },
  listNextLink: { documented: 'a plain absolute link', measured: 'scheme printed twice' },
  availablePlansUnknown: { documented: '404', measured: '200 and a bare []' },
  availablePlansCurrent: {
    documented: 'lists the current plan',
    measured: 'omits the current plan',
  },
  noIncludedQuantities: {
    documented: 'each term of a plan lists its included quantities',
    measured: 'meteredQuantityIncluded is omitted',
  },
  noIncludedZeros: {
    documented: 'a dimension with nothing included is listed with "0"',
    measured: 'it is not listed',
  },
  subscriptionQuantity: {
    documented: 'number, absent for flat rate',
    measured: 'numeric string, "" for flat rate',
  },
  subscriptionDates: {
    documented: 'ISO 8601 with Z',
    measured: 'term dates without a time, seven fractional digits without Z elsewhere',
  },
  subscriptionPadding: {
    documented: 'plain values',
    measured: 'status and e-mail address padded with spaces',
  },
  // Fields that Microsoft has left out:
  // I-OAPI 22 (term, 2021), azure-docs 58450 (term dates, 2020), SUB22 (optional fields).
  subscriptionFields: {
    documented: 'every field is sent',
    measured: 'every second answer to Get and Resolve omits seats, flags, modes, name and rights',
  },
  // SUB23 does not promise people; they may be filled in later.
  subscriptionPeople: {
    documented: 'beneficiary and purchaser are sent at once',
    measured: 'neither is sent before the subscription is Subscribed',
  },
  // GUIDs are compared without regard to case (RFC 9562, section 4).
  listIdCase: { documented: 'ids in lower case', measured: 'ids of the list in upper case' },
  // SUB23: dates are valid only after the subscription is Subscribed. Both were seen right after an
  // activation.
  termStart: { documented: 'the day of activation', measured: 'the day after tomorrow' },
  termEnd: { documented: 'the last day of the term', measured: 'equal to the start' },
  seatsAfterEnd: { documented: 'kept', measured: 'removed after Unsubscribed' },
  purchaseTokenLife: { documented: '24 h', measured: '1 h' },
  suspendSnapshot: { documented: 'Suspended', measured: 'Subscribed' },
  flatRateQuantity: {
    documented: 'null in the notification of a flat-rate plan',
    measured: '1 outside, null in its snapshot',
  },
  requestSourceKey: {
    documented: 'operationRequestSource',
    measured: 'operationRequestedSource',
  },
  notificationShape: {
    documented: 'full body with a snapshot',
    measured: 'id, activityId, source, subscriptionId, timeStamp and action only',
  },
  recordLag: {
    documented: 'Get and List show a change as soon as it is notified',
    measured: 'they show it later, after one of the delays set above',
  },
  firstGetLate: {
    documented: 'a purchase can be read at once',
    measured: 'Get answers 404 at first, for the time set above',
  },
  getOperationLate: {
    documented: 'an operation can be read at once',
    measured: 'Get Operation answers 404 at first, for the time set above',
  },
  notificationId: {
    documented: "the operation's GUID",
    measured: 'org:<guid>,<guid>, which Get Operation does not know',
  },
  pendingCancel: {
    documented: "the publisher's cancellation ends a pending purchase",
    measured: 'its operation succeeds, but the purchase stays pending',
  },
  notificationKeys: { documented: 'camelCase', measured: 'PascalCase' },
  notificationEncoding: { documented: 'plain JSON', measured: 'compressed with gzip in transit' },
} as const satisfies Record<string, OddityText>;

export type Oddity = keyof typeof ODDITIES;
export type Oddities = Readonly<Record<Oddity, z.infer<typeof choice>>>;

const names = Object.keys(ODDITIES) as Oddity[];

export const odditiesSchema = z.object(
  Object.fromEntries(names.map((name) => [name, choice.default('documented')])) as Record<
    Oddity,
    z.ZodDefault<typeof choice>
  >,
);

export const odditiesPatchSchema = z.strictObject(
  Object.fromEntries(names.map((name) => [name, choice.optional()])) as Record<
    Oddity,
    z.ZodOptional<typeof choice>
  >,
);

/** With `operationsListLag` measured, an operation is listed after this time. */
export const OPERATIONS_LIST_LAG_MS = 3000;
