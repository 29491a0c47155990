import { Hono, type Context } from 'hono';
import type { ApiChecks } from './checks.ts';
import { failure, readBody } from './body.ts';
import { isVisibleTo } from '../market/catalogue.ts';
import { plansOf } from '../market/published-plans.ts';
import {
  checkChange,
  startPartnerCancel,
  startPartnerChange,
  type Change,
} from '../market/changes.ts';
import { API_VERSION } from '../market/constants.ts';
import { withFaults, type ApiEnv } from './http-faults.ts';
import { requestActivation } from '../market/lifecycle.ts';
import { findSubscription, pendingOperation, type Market } from '../market/market.ts';
import { resolvePurchase } from '../market/purchases.ts';
import { shownRecord } from '../market/record-lag.ts';
import { isSoldBy } from '../market/sellers.ts';
import type { OperationRecord, SubscriptionRecord } from '../market/state.ts';
import { allowedOperations, toAnswer, toListed, toPlan, toResolved } from '../market/wire.ts';

/** Items per page of the list, as documented and as measured. */
const PAGE_SIZE = { documented: 100, measured: 80 } as const;

/** The calls resolve, list, get, list plans, activate, change and cancel. */
export function fulfillmentRoutes(
  market: Market,
  baseUrl: string,
  checks: ApiChecks,
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>({ strict: false });
  const known = (
    c: Context<ApiEnv>,
    act: (subscription: SubscriptionRecord) => Response | Promise<Response>,
  ): Response | Promise<Response> => {
    const subscription = findSubscription(market, c.req.param('subscriptionId') ?? '');
    return subscription ? act(subscription) : failure(c, 404, 'NotFound', 'Unknown subscription.');
  };

  app.post('/resolve', withFaults(market, 'resolve'), ...checks, (c) => resolve(c, market));
  app.get('/', withFaults(market, 'list'), ...checks, (c) => list(c, market, baseUrl));
  app.get('/:subscriptionId', withFaults(market, 'get'), ...checks, (c) =>
    known(c, (subscription) => {
      const shown = shownRecord(market, subscription);
      return shown
        ? c.json(toAnswer(market.state, shown))
        : failure(c, 404, 'NotFound', 'Unknown subscription.');
    }),
  );
  app.get('/:subscriptionId/listAvailablePlans', withFaults(market, 'plans'), ...checks, (c) => {
    const isSilent = market.state.settings.oddities.availablePlansUnknown === 'measured';
    if (isSilent && !findSubscription(market, c.req.param('subscriptionId'))) return c.json([]);
    return known(c, (subscription) => availablePlans(c, market, subscription));
  });
  app.post('/:subscriptionId/activate', withFaults(market, 'activate'), ...checks, (c) =>
    known(c, (subscription) => activate(c, market, subscription)),
  );
  app.patch('/:subscriptionId', withFaults(market, 'patchSubscription'), ...checks, (c) =>
    known(c, (subscription) => change(c, { market, baseUrl, subscription })),
  );
  app.delete('/:subscriptionId', withFaults(market, 'deleteSubscription'), ...checks, (c) =>
    known(c, (subscription) => cancel(c, { market, baseUrl, subscription })),
  );
  return app;
}

function resolve(c: Context<ApiEnv>, market: Market): Response {
  const token = c.req.header('x-ms-marketplace-token');
  if (!token) {
    return failure(c, 400, 'HeaderNotPresent', 'The header x-ms-marketplace-token is missing.');
  }
  const subscription = resolvePurchase(market, token, c.get('seller'));
  return subscription
    ? c.json(toResolved(market.state, shownRecord(market, subscription) ?? subscription))
    : failure(
        c,
        400,
        'InvalidValue',
        'Failed to decrypt token with either primary or secondary secret',
      );
}

function list(c: Context<ApiEnv>, market: Market, baseUrl: string): Response {
  const { oddities } = market.state.settings;
  const seller = c.get('seller');
  const all = [...market.state.subscriptions.values()].filter((one) =>
    isSoldBy(market, one, seller),
  );
  const shown = all.flatMap((one) => shownRecord(market, one) ?? []);
  const from = readContinuation(c.req.query('continuationToken'));
  if (from === undefined) return failure(c, 400, 'InvalidValue', 'Invalid continuationToken.');
  if (shown.length === 0 && oddities.listEmpty === 'documented') return c.body(null, 200);
  const to = from + PAGE_SIZE[oddities.listPageSize];
  const link = `${baseUrl}/saas/subscriptions?continuationToken=${writeContinuation(to)}&api-version=${API_VERSION}`;
  const twice = `${new URL(baseUrl).protocol}// ${link}`;
  return c.json({
    subscriptions: shown.slice(from, to).map((one) => toListed(market.state, one)),
    ...(to < shown.length
      ? { '@nextLink': oddities.listNextLink === 'measured' ? twice : link }
      : oddities.listLastPage === 'measured' && { '@nextLink': '' }),
  });
}

function writeContinuation(from: number): string {
  return encodeURIComponent(Buffer.from(JSON.stringify({ from })).toString('base64'));
}

function readContinuation(token: string | undefined): number | undefined {
  if (token === undefined) return 0;
  const match = /^\{"from":(\d{1,9})\}$/.exec(Buffer.from(token, 'base64').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}

function availablePlans(
  c: Context<ApiEnv>,
  market: Market,
  subscription: SubscriptionRecord,
): Response {
  if (subscription.status === 'Unsubscribed') {
    return failure(c, 403, 'Forbidden', 'The subscription has ended.');
  }
  const wanted = c.req.query('planId');
  const { oddities } = market.state.settings;
  const isCurrentHidden = oddities.availablePlansCurrent === 'measured';
  const plans = plansOf(market.state, subscription.offerId).filter((plan) => {
    if (wanted !== undefined && plan.planId !== wanted) return false;
    if (plan.planId === subscription.planId) return !isCurrentHidden;
    return isVisibleTo(plan, subscription.beneficiary.tenantId);
  });
  // Only a request for the purchased plan returns the private offer through which it was bought.
  const { privateOfferId, planId } = subscription;
  const listed = plans.map((plan) =>
    toPlan(
      plan,
      oddities,
      plan.planId === wanted && wanted === planId ? privateOfferId : undefined,
    ),
  );
  return c.json({ plans: listed });
}

async function activate(
  c: Context<ApiEnv>,
  market: Market,
  subscription: SubscriptionRecord,
): Promise<Response> {
  const body = await readBody(c);
  if (body === undefined) return failure(c, 400, 'BadRequest', 'The body is not valid JSON.');
  const { oddities } = market.state.settings;
  const isChecked = oddities.activatePlanCheck === 'documented';
  if (isChecked && (body['planId'] ?? subscription.planId) !== subscription.planId) {
    return failure(c, 400, 'BadRequest', 'planId does not match the purchased plan.');
  }
  if (isChecked && (body['quantity'] ?? subscription.quantity) !== subscription.quantity) {
    return failure(c, 400, 'BadRequest', 'quantity does not match the purchased quantity.');
  }
  switch (subscription.status) {
    case 'Unsubscribed':
      return failure(c, 404, 'NotFound', 'The subscription has ended.');
    case 'Suspended':
      return failure(c, 400, 'BadRequest', 'The subscription is suspended.');
    case 'Subscribed':
      return oddities.activateSubscribed === 'measured'
        ? c.body(null, 200)
        : failure(c, 400, 'BadRequest', 'The subscription is already subscribed.');
    case 'PendingFulfillmentStart':
      requestActivation(market, subscription);
      return c.body(null, 200);
  }
}

interface ChangeCall {
  readonly market: Market;
  readonly baseUrl: string;
  readonly subscription: SubscriptionRecord;
}

async function change(c: Context<ApiEnv>, call: ChangeCall): Promise<Response> {
  const { market, subscription } = call;
  const wanted = readChange(await readBody(c));
  if (typeof wanted === 'string') return c.json({ message: wanted }, 400);
  if (!allowedOperations(subscription).includes('Update')) {
    return failure(c, 400, 'BadRequest', 'Update is not in allowedCustomerOperations.');
  }
  const refusal = checkChange(market, subscription, wanted);
  if (refusal) {
    return failure(c, 400, refusal.refused === 'locked' ? 'Failed' : 'BadRequest', refusal.message);
  }
  return accepted(c, call, startPartnerChange(market, subscription, wanted));
}

function readChange(body: Record<string, unknown> | undefined): Change | string {
  if (body === undefined) return 'The body is not valid JSON.';
  const { planId, quantity } = body;
  if ('planId' in body && 'quantity' in body) {
    return 'Cannot patch more than one field in the same request';
  }
  if (typeof planId === 'string' && planId !== '') return { planId };
  if (typeof quantity === 'number' && Number.isInteger(quantity)) return { quantity };
  return 'Either planId or quantity has to be given, with a value.';
}

function cancel(c: Context<ApiEnv>, call: ChangeCall): Response {
  const { market, subscription } = call;
  const isAllowed = allowedOperations(subscription).includes('Delete');
  if (!isAllowed || subscription.status === 'Unsubscribed') {
    return failure(c, 400, 'BadRequest', 'Delete is not in allowedCustomerOperations.');
  }
  if (pendingOperation(market, subscription)) {
    return failure(c, 409, 'Conflict', 'The subscription is locked by a pending operation.');
  }
  return accepted(c, call, startPartnerCancel(market, subscription));
}

function accepted(c: Context<ApiEnv>, call: ChangeCall, operation: OperationRecord): Response {
  const path = `saas/subscriptions/${operation.subscriptionId}/operations/${operation.id}`;
  c.header('Operation-Location', `${call.baseUrl}/${path}?api-version=${API_VERSION}`);
  return c.body(null, 202);
}
