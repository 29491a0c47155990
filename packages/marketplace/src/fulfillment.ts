import type { MarketplaceAnswer, MarketplaceRequest } from './attempt.ts';
import type { Call, MarketplaceHttp } from './http.ts';
import { guidSegment, isGuid } from './ids.ts';
import { MarketplaceError } from './marketplace-error.ts';
import { nextPageUrl } from './next-link.ts';
import { decodeOperation, type MarketplaceOperation } from './operation.ts';
import { parseRetryAfter } from './pauses.ts';
import { decodePlans, type MarketplacePlan } from './plans.ts';
import { listItems, nextLinkOf, reader, unexpectedAnswer } from './read.ts';
import { decodeResolve, decodeSubscription } from './subscription.ts';
import type { MarketplaceSubscription, ResolvedPurchase } from './subscription.ts';

/** Two million subscriptions at Microsoft's hundred per page. A longer list never ends. */
export const MAX_PAGES = 20_000;

/** One page of Microsoft's list of subscriptions. */
export interface SubscriptionPage {
  readonly subscriptions: readonly MarketplaceSubscription[];
  /** Entries without a readable id, as sent. They do not block the rest of the page. */
  readonly unreadable: readonly unknown[];
  /** Microsoft's link to the next page, as sent. `list` checks and follows it. Undefined: this is the last page. */
  readonly next: string | undefined;
}

/** A change that Microsoft has accepted and is working on. The webhook or polling shows its end. */
export interface AcceptedChange {
  readonly operationId: string;
  readonly operationLocation: string;
  readonly retryAfterMs?: number | undefined;
}

/** The purchased plan and seats, which the Activate call must contain. */
export interface Activation {
  readonly subscriptionId: string;
  readonly planId: string;
  readonly quantity?: number | null | undefined;
}

/**
 * Microsoft's SaaS fulfillment v2 and operations APIs. Throws `MarketplaceError`; if its `outcomeUnknown` is
 * true, read again before acting. No method changes Landfall's own data.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-fulfillment-apis
 */
export interface Fulfillment {
  /** The subscription of a decoded purchase token. 400: the token is damaged, unknown or older than a day. */
  resolve(purchaseToken: string, call: Call): Promise<ResolvedPurchase>;
  /** Starts the activation. Success means received, not active: read until the status is Subscribed. */
  activate(activation: Activation, call: Call): Promise<void>;
  /** Undefined if Microsoft does not know the subscription. */
  get(subscriptionId: string, call: Call): Promise<MarketplaceSubscription | undefined>;
  /**
   * All subscriptions of all offers, including ended ones, page by page. `from` is the `next` of an earlier
   * page, perhaps from another process. Microsoft does not document how long such a link is valid; it
   * refuses an old one with 400 or 404. The time limit applies to each page.
   */
  list(call: Call, from?: string): AsyncIterable<SubscriptionPage>;
  /** With `planId`, the purchased plan, the answer includes the private offers through which it was bought. */
  listAvailablePlans(
    subscriptionId: string,
    planId: string | undefined,
    call: Call,
  ): Promise<readonly MarketplacePlan[]>;
  changePlan(subscriptionId: string, planId: string, call: Call): Promise<AcceptedChange>;
  changeQuantity(subscriptionId: string, quantity: number, call: Call): Promise<AcceptedChange>;
  cancel(subscriptionId: string, call: Call): Promise<AcceptedChange>;
  /** Undefined if Microsoft does not confirm the operation (400 or 404). */
  getOperation(
    subscriptionId: string,
    operationId: string,
    call: Call,
  ): Promise<MarketplaceOperation | undefined>;
  /** Operations that wait for an answer. Microsoft shows new ones with a delay. */
  listOperations(subscriptionId: string, call: Call): Promise<readonly MarketplaceOperation[]>;
  /** Answers an operation. 409: it is no longer in progress, so adopt Microsoft's state. */
  updateOperation(
    subscriptionId: string,
    operationId: string,
    status: 'Success' | 'Failure',
    call: Call,
  ): Promise<void>;
}

/** The fulfillment and operations APIs over a connection to Microsoft. */
export function createFulfillment(http: MarketplaceHttp): Fulfillment {
  const patch = async (
    operation: string,
    subscriptionId: string,
    rest: { readonly body: unknown; readonly call: Call },
  ): Promise<AcceptedChange> => {
    const path = subscriptionPath(subscriptionId, operation);
    const request = { operation, method: 'PATCH', path, body: rest.body, ...ONCE } as const;
    return acceptedChange(await http.send(request, rest.call), operation, rest.call);
  };

  return {
    resolve: async (purchaseToken, call) => {
      if (!HEADER_SAFE.test(purchaseToken)) {
        throw new MarketplaceError('marketplace.bad-request', local('resolve', call));
      }
      const answer = await http.send(
        {
          operation: 'resolve',
          method: 'POST',
          path: `${SUBSCRIPTIONS}/resolve`,
          headers: { 'x-ms-marketplace-token': purchaseToken },
          isAlwaysThere: true,
          ...READ,
        },
        call,
      );
      return decodeResolve(answer.body);
    },

    activate: async ({ subscriptionId, planId, quantity }, call) => {
      await http.send(
        {
          operation: 'activate',
          method: 'POST',
          path: `${subscriptionPath(subscriptionId, 'activate')}/activate`,
          body: { planId, ...(quantity === null || quantity === undefined ? {} : { quantity }) },
          // Not repeatable: after a lost answer, read the subscription first, because it may be active already.
          ...ONCE,
        },
        call,
      );
    },

    get: async (subscriptionId, call) => {
      if (!isGuid(subscriptionId)) return undefined;
      const path = subscriptionPath(subscriptionId, 'get');
      const answer = await http.send(
        { operation: 'get', method: 'GET', path, answers: [404], ...READ },
        call,
      );
      return answer.status === 404 ? undefined : decodeSubscription(answer.body);
    },

    list: (call, from) => listPages(http, call, from),

    listAvailablePlans: async (subscriptionId, planId, call) => {
      const operation = 'listAvailablePlans';
      const path = `${subscriptionPath(subscriptionId, operation)}/listAvailablePlans`;
      const answer = await http.send(
        { operation, method: 'GET', path, query: { planId }, ...READ },
        call,
      );
      return decodePlans(answer.body);
    },

    changePlan: (subscriptionId, planId, call) =>
      patch('changePlan', subscriptionId, { body: { planId }, call }),

    changeQuantity: (subscriptionId, quantity, call) =>
      patch('changeQuantity', subscriptionId, { body: { quantity }, call }),

    cancel: async (subscriptionId, call) => {
      const path = subscriptionPath(subscriptionId, 'cancel');
      const request = { operation: 'cancel', method: 'DELETE', path, ...ONCE } as const;
      return acceptedChange(await http.send(request, call), 'cancel', call);
    },

    getOperation: async (subscriptionId, operationId, call) => {
      if (!isGuid(subscriptionId) || !isGuid(operationId)) return undefined;
      const path = operationPath({ subscriptionId, operationId }, 'getOperation');
      const answer = await http.send(
        { operation: 'getOperation', method: 'GET', path, answers: [400, 404], ...READ },
        call,
      );
      return answer.status < 300 ? decodeOperation(answer.body) : undefined;
    },

    listOperations: async (subscriptionId, call) => {
      const path = `${subscriptionPath(subscriptionId, 'listOperations')}/operations`;
      const answer = await http.send(
        { operation: 'listOperations', method: 'GET', path, answers: [404], ...READ },
        call,
      );
      return answer.status === 404
        ? []
        : listItems(answer.body, 'operations').map((item) => decodeOperation(item));
    },

    updateOperation: async (subscriptionId, operationId, status, call) => {
      const path = operationPath({ subscriptionId, operationId }, 'updateOperation');
      await http.send(
        { operation: 'updateOperation', method: 'PATCH', path, body: { status }, ...REPEATABLE },
        call,
      );
    },
  };
}

const SUBSCRIPTIONS = '/saas/subscriptions';

// Whether a request may arrive twice, and whether its answer is read.
const READ = { isRepeatable: true, readsBody: true } as const;
const REPEATABLE = { isRepeatable: true, readsBody: false } as const;
const ONCE = { isRepeatable: false, readsBody: false } as const;

// A purchase token is printable ASCII without blanks. Other characters are not allowed in a header.
const HEADER_SAFE = /^[\u0021-\u007e]{1,8192}$/;

async function* listPages(
  http: MarketplaceHttp,
  call: Call,
  from: string | undefined,
): AsyncGenerator<SubscriptionPage> {
  const first: MarketplaceRequest = {
    operation: 'list',
    method: 'GET',
    path: SUBSCRIPTIONS,
    ...READ,
  };
  const seen = new Set<string>();
  let link = from;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const path = link === undefined ? SUBSCRIPTIONS : nextPageUrl(link, http.baseUrl, seen);
    const { body } = await http.send({ ...first, path, isAlwaysThere: link === undefined }, call);
    link = nextLinkOf(body);
    yield { ...readPage(body), next: link };
    if (link === undefined) return;
  }
  throw unexpectedAnswer('with a list that does not end');
}

function readPage(body: unknown): Omit<SubscriptionPage, 'next'> {
  const subscriptions: MarketplaceSubscription[] = [];
  const unreadable: unknown[] = [];
  for (const item of listItems(body, 'subscriptions')) {
    const hasId = isGuid(reader(item, [])?.guid('id'));
    if (hasId) subscriptions.push(decodeSubscription(item));
    else unreadable.push(item);
  }
  return { subscriptions, unreadable };
}

/** The operation id is the last segment of Operation-Location. The link itself is never followed. */
function acceptedChange(answer: MarketplaceAnswer, operation: string, call: Call): AcceptedChange {
  const operationLocation = answer.headers['operation-location'] ?? '';
  const path = URL.canParse(operationLocation) ? new URL(operationLocation).pathname : '';
  const operationId = path.replace(/\/$/, '').split('/').at(-1) ?? '';
  if (!isGuid(operationId)) {
    const { status } = answer;
    throw new MarketplaceError('marketplace.unexpected-answer', {
      ...local(operation, call),
      status,
      outcomeUnknown: true,
    });
  }
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], Date.now());
  return { operationId: operationId.toLowerCase(), operationLocation, retryAfterMs };
}

function subscriptionPath(subscriptionId: string, operation: string): string {
  return `${SUBSCRIPTIONS}/${guidSegment(subscriptionId, operation)}`;
}

function operationPath(
  ids: { readonly subscriptionId: string; readonly operationId: string },
  operation: string,
): string {
  const id = guidSegment(ids.operationId, operation);
  return `${subscriptionPath(ids.subscriptionId, operation)}/operations/${id}`;
}

function local(operation: string, call: Call): { operation: string; correlationId: string } {
  return { operation, correlationId: call.correlationId ?? '' };
}
