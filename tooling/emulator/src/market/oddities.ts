import { z } from 'zod';

const choice = z.enum(['documented', 'measured']);

interface OddityText {
  /** What differs. */
  readonly about: string;
  readonly documented: string;
  readonly measured: string;
}

/**
 * Differences between Microsoft's documentation and its behaviour, or between two pages of the
 * documentation. Each is a switch between the newest documented behaviour and the behaviour that
 * was measured in production or is documented elsewhere. A client must work with both.
 */
export const ODDITIES = {
  authFailureStatus: {
    about: 'Status for a token that is missing or not valid',
    documented: '403',
    measured: '401',
  },
  unknownOperationStatus: {
    about: 'Status for an operation that does not exist',
    documented: '404',
    measured: '400',
  },
  operationsListShape: {
    about: 'Shape of the list of operations',
    documented: '{"operations":[…]}',
    measured: 'a bare array',
  },
  operationsListUnknownSubscription: {
    about: 'List of operations of an unknown subscription',
    documented: '404',
    measured: '200 and an empty list',
  },
  operationsListLag: {
    about: 'When a new operation is listed',
    documented: 'listed at once',
    measured: 'an operation is listed after 3 s',
  },
  operationStatusWord: {
    about: 'Words for the status of an operation',
    documented: 'Succeeded, InProgress',
    measured: 'Success, In Progress',
  },
  junkOperationStatus: {
    about: 'Answer to a status that does not exist',
    documented: '400',
    measured: 'answered 200, without effect',
  },
  refuseByPatch: {
    about: 'Refusing a change by PATCH',
    documented: 'PATCH Failure refuses',
    measured: 'PATCH Failure is ignored',
  },
  partnerPatch: {
    about: 'PATCH to an operation that the publisher started',
    documented: 'PATCH settles an operation of the publisher',
    measured: 'PATCH answers 500; the operation succeeds without an answer',
  },
  partnerWebhook: {
    about: 'Notification of a change that the publisher started',
    documented: 'a change by the publisher causes a notification with source Partner',
    measured: 'no notification; the change succeeds without an answer',
  },
  unansweredChange: {
    about: 'A change that the publisher does not answer',
    documented: 'accepted 10 s after the first notification, unless the answer was 4xx',
    measured: 'accepted only after a 2xx; without one it fails when the retries end',
  },
  refusedChange: {
    about: 'After a refused change',
    documented: 'no further notification',
    measured: 'a second notification changes back to the current value',
  },
  reinstateNeedsAnswer: {
    about: 'When a reinstatement succeeds',
    documented: 'succeeds with the 200',
    measured: 'stays InProgress until PATCH or 10 s',
  },
  renewalNotice: {
    about: 'Notification of a renewal',
    documented: 'Renew',
    measured: 'Subscribe and Renew',
  },
  pendingEndNotice: {
    about: 'Notification of the end of a purchase that was never active',
    documented:
      'no notification for a purchase that ends before activation, unless the activation failed',
    measured: 'Unsubscribe',
  },
  activatePlanCheck: {
    about: 'Plan and quantity in Activate',
    documented: '400 if planId or quantity differ from the purchase',
    measured: 'they are not compared',
  },
  activateSubscribed: {
    about: 'Activating a subscription that is active already',
    documented: '400',
    measured: '200',
  },
  listPageSize: {
    about: 'Subscriptions on a page of the list',
    documented: '100',
    measured: '80',
  },
  listEmpty: {
    about: 'The list without subscriptions',
    documented: 'empty body',
    measured: '{"subscriptions":[]}',
  },
  listLastPage: {
    about: 'Next link on the last page',
    documented: 'no @nextLink',
    measured: '"@nextLink":""',
  },
  listNextLink: {
    about: 'Form of the next link',
    documented: 'a plain absolute link',
    measured: 'scheme printed twice',
  },
  availablePlansUnknown: {
    about: 'Plans of an unknown subscription',
    documented: '404',
    measured: '200 and a bare []',
  },
  availablePlansCurrent: {
    about: 'The current plan among the available plans',
    documented: 'lists the current plan',
    measured: 'omits the current plan',
  },
  noIncludedQuantities: {
    about: 'Included quantities of a plan',
    documented: 'each term of a plan lists its included quantities',
    measured: 'meteredQuantityIncluded is omitted',
  },
  noIncludedZeros: {
    about: 'A dimension of which nothing is included',
    documented: 'a dimension with nothing included is listed with "0"',
    measured: 'it is not listed',
  },
  subscriptionQuantity: {
    about: 'Form of the seats',
    documented: 'number, absent for flat rate',
    measured: 'numeric string, "" for flat rate',
  },
  subscriptionDates: {
    about: 'Form of dates and times',
    documented: 'ISO 8601 with Z',
    measured: 'term dates without a time, seven fractional digits without Z elsewhere',
  },
  subscriptionPadding: {
    about: 'Spaces around status and e-mail address',
    documented: 'plain values',
    measured: 'status and e-mail address padded with spaces',
  },
  // Fields that Microsoft has left out:
  // I-OAPI 22 (term, 2021), azure-docs 58450 (term dates, 2020), SUB22 (optional fields).
  subscriptionFields: {
    about: 'Fields in Get and Resolve',
    documented: 'every field is sent',
    measured: 'every second answer to Get and Resolve omits seats, flags, modes, name and rights',
  },
  // SUB23 does not promise people; they may be filled in later.
  subscriptionPeople: {
    about: 'When beneficiary and purchaser are known',
    documented: 'beneficiary and purchaser are sent at once',
    measured: 'neither is sent before the subscription is Subscribed',
  },
  // GUIDs are compared without regard to case (RFC 9562, section 4).
  listIdCase: {
    about: 'Case of ids in the list',
    documented: 'ids in lower case',
    measured: 'ids of the list in upper case',
  },
  // SUB23: dates are valid only after the subscription is Subscribed. Both were seen right after an
  // activation.
  termStart: {
    about: 'Start of the first term',
    documented: 'the day of activation',
    measured: 'the day after tomorrow',
  },
  termEnd: {
    about: 'End of the first term',
    documented: 'the last day of the term',
    measured: 'equal to the start',
  },
  seatsAfterEnd: {
    about: 'Seats after the end',
    documented: 'kept',
    measured: 'removed after Unsubscribed',
  },
  purchaseTokenLife: {
    about: 'How long a purchase token can be resolved',
    documented: '24 h',
    measured: '1 h',
  },
  suspendSnapshot: {
    about: 'Status in the notification of a suspension',
    documented: 'Suspended',
    measured: 'Subscribed',
  },
  flatRateQuantity: {
    about: 'Quantity in the notification of a flat-rate plan',
    documented: 'null in the notification of a flat-rate plan',
    measured: '1 outside, null in its snapshot',
  },
  requestSourceKey: {
    about: 'Name of the field that says who requested a change',
    documented: 'operationRequestSource',
    measured: 'operationRequestedSource',
  },
  notificationShape: {
    about: 'Fields of a notification',
    documented: 'full body with a snapshot',
    measured: 'id, activityId, source, subscriptionId, timeStamp and action only',
  },
  recordLag: {
    about: 'When a change is shown',
    documented: 'Get and List show a change as soon as it is notified',
    measured: 'they show it later, after one of the delays set above',
  },
  firstGetLate: {
    about: 'When a purchase can be read',
    documented: 'a purchase can be read at once',
    measured: 'Get answers 404 at first, for the time set above',
  },
  getOperationLate: {
    about: 'When an operation can be read',
    documented: 'an operation can be read at once',
    measured: 'Get Operation answers 404 at first, for the time set above',
  },
  notificationId: {
    about: 'Id of the operation in a notification',
    documented: "the operation's GUID",
    measured: 'org:<guid>,<guid>, which Get Operation does not know',
  },
  pendingCancel: {
    about: 'Cancelling a purchase that is not active yet',
    documented: "the publisher's cancellation ends a pending purchase",
    measured: 'its operation succeeds, but the purchase stays pending',
  },
  notificationKeys: {
    about: 'Case of the field names of a notification',
    documented: 'camelCase',
    measured: 'PascalCase',
  },
  notificationEncoding: {
    about: 'Encoding of a notification',
    documented: 'plain JSON',
    measured: 'compressed with gzip in transit',
  },
} as const satisfies Record<string, OddityText>;

export type Oddity = keyof typeof ODDITIES;
/** The oddities by what they concern, for people who choose among them. */
export const ODDITY_GROUPS = {
  'Answers and errors': {
    text: 'Statuses that a client must not take for another one.',
    names: [
      'authFailureStatus',
      'unknownOperationStatus',
      'operationsListUnknownSubscription',
      'junkOperationStatus',
      'activatePlanCheck',
      'activateSubscribed',
      'purchaseTokenLife',
    ],
  },
  'Lists and plans': {
    text: 'Paging, empty lists, and what a plan says about itself.',
    names: [
      'listPageSize',
      'listEmpty',
      'listLastPage',
      'listNextLink',
      'operationsListShape',
      'availablePlansUnknown',
      'availablePlansCurrent',
      'noIncludedQuantities',
      'noIncludedZeros',
    ],
  },
  'The subscription’s record': {
    text: 'Fields that are missing, or have another form.',
    names: [
      'subscriptionQuantity',
      'subscriptionDates',
      'subscriptionPadding',
      'subscriptionFields',
      'subscriptionPeople',
      'termStart',
      'termEnd',
      'seatsAfterEnd',
    ],
  },
  'Late records': {
    text: 'Microsoft notifies before it shows what has changed.',
    names: ['recordLag', 'firstGetLate', 'getOperationLate', 'operationsListLag'],
  },
  'Ids and words': {
    text: 'Spellings of the same value.',
    names: ['listIdCase', 'notificationId', 'operationStatusWord'],
  },
  'Decisions on changes': {
    text: 'Who decides on a change, and what silence means.',
    names: [
      'refuseByPatch',
      'partnerPatch',
      'partnerWebhook',
      'unansweredChange',
      'refusedChange',
      'reinstateNeedsAnswer',
      'pendingCancel',
    ],
  },
  Notifications: {
    text: 'Bodies and occasions of the calls to the webhook.',
    names: [
      'renewalNotice',
      'pendingEndNotice',
      'suspendSnapshot',
      'flatRateQuantity',
      'requestSourceKey',
      'notificationShape',
      'notificationKeys',
      'notificationEncoding',
    ],
  },
} as const satisfies Readonly<
  Record<string, { readonly text: string; readonly names: readonly Oddity[] }>
>;

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
