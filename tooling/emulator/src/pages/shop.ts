import { Hono, type Context } from 'hono';
import { purchaseSchema } from '../control/contract.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import { findOffer } from '../market/catalogue.ts';
import { runCommand, type Command } from '../market/commands.ts';
import { findSubscription, isRefusal, type Market, type Refusal } from '../market/market.ts';
import { findPlan } from '../market/published-plans.ts';
import { mintPurchaseToken, purchase, transfer } from '../market/purchases.ts';
import { keepPast } from '../market/record-lag.ts';
import type { SubscriptionRecord } from '../market/state.ts';
import { actionsPart } from './actions.ts';
import { customerOf } from './customer.ts';
import type { Html, ShowPage } from './layout.ts';
import { missing } from './missing.ts';
import { buyPage, offersPage } from './offers.ts';
import { logPart } from './operations.ts';
import {
  factsPart,
  statePart,
  subscriptionPage,
  subscriptionsPage,
  subscriptionsPart,
} from './subscriptions.ts';

const PARTS = { state: statePart, actions: actionsPart, log: logPart, facts: factsPart } as const;

/** The shop and its subscriptions: every form works without a script, and returns to its page. */
export function shopRoutes(market: Market, page: ShowPage): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/', (c) =>
    c.html(page(c, { title: 'Shop', path: '/', body: offersPage(market, customerOf(c, market)) })),
  );
  app.get('/buy/:offerId/:planId', (c) => {
    const form = orderForm(c, market);
    return form ? c.html(page(c, { title: 'Buy', path: '/', body: form })) : missing(c, page);
  });
  app.post('/buy/:offerId/:planId', async (c) => {
    const order = readOrder(c, new URLSearchParams(await c.req.text()));
    const bought = order.success ? purchase(market, order.data) : undefined;
    if (bought && !isRefusal(bought)) return c.redirect(`/subscriptions/${bought.id}`, 303);
    const problem = bought?.message ?? 'Some fields of the order are missing or not valid.';
    const form = orderForm(c, market, problem);
    return form ? c.html(page(c, { title: 'Buy', path: '/', body: form }), 409) : missing(c, page);
  });
  app.route('/', subscriptionRoutes(market, page));
  return app;
}

function subscriptionRoutes(market: Market, page: ShowPage): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const path = '/subscriptions';
  const known = (
    c: Context<ApiEnv>,
    act: (subscription: SubscriptionRecord) => Response | Promise<Response>,
  ): Response | Promise<Response> => {
    const subscription = findSubscription(market, c.req.param('id') ?? '');
    return subscription ? act(subscription) : missing(c, page);
  };
  const bodyOf = (one: SubscriptionRecord, problem?: string): Html =>
    subscriptionPage(market, one, {
      actions: actionsPart(market, one),
      log: logPart(market, one),
      ...(problem !== undefined && { problem }),
    });
  const back = (c: Context<ApiEnv>, one: SubscriptionRecord, after?: object | Refusal) =>
    after && isRefusal(after)
      ? c.html(page(c, { title: one.name, path, body: bodyOf(one, after.message) }), 409)
      : c.redirect(`/subscriptions/${one.id}`, 303);

  app.get(path, (c) =>
    c.html(page(c, { title: 'Subscriptions', path, body: subscriptionsPage(market) })),
  );
  app.get('/live/subscriptions', (c) => c.html(subscriptionsPart(market)));
  app.get('/subscriptions/:id', (c) =>
    known(c, (one) => c.html(page(c, { title: one.name, path, body: bodyOf(one) }))),
  );
  app.get('/subscriptions/:id/live/:part{state|actions|log|facts}', (c) =>
    known(c, (one) => c.html(PARTS[c.req.param('part') as keyof typeof PARTS](market, one))),
  );
  app.post('/subscriptions/:id/configure', (c) =>
    known(c, (one) => {
      const { landingUrl } = mintPurchaseToken(market, one);
      return landingUrl === null
        ? missing(c, page, 'No landing page is configured. Set it under Settings.')
        : c.redirect(landingUrl, 303);
    }),
  );
  app.post('/subscriptions/:id/transfer', async (c) => {
    const fields = new URLSearchParams(await c.req.text());
    return known(c, (one) =>
      back(
        c,
        one,
        transfer(market, one, {
          beneficiary: fields.get('beneficiary') || undefined,
          purchaser: fields.get('purchaser') || undefined,
        }),
      ),
    );
  });
  app.post('/subscriptions/:id/auto-renew', async (c) => {
    const fields = new URLSearchParams(await c.req.text());
    return known(c, (one) => {
      keepPast(market, one);
      one.autoRenew = fields.get('autoRenew') === 'true';
      market.changed();
      return back(c, one);
    });
  });
  app.post(
    '/subscriptions/:id/:action{change-plan|change-quantity|suspend|reinstate|renew|cancel}',
    async (c) => {
      const fields = new URLSearchParams(await c.req.text());
      const command = readCommand(c.req.param('action'), fields);
      return known(c, (one) => back(c, one, runCommand(market, one, command)));
    },
  );
  return app;
}

function orderForm(c: Context<ApiEnv>, market: Market, problem?: string): Html | undefined {
  const offer = findOffer(c.req.param('offerId') ?? '');
  const plan = findPlan(market.state, offer?.offerId ?? '', c.req.param('planId') ?? '');
  if (!offer || !plan) return undefined;
  const customer = customerOf(c, market);
  return buyPage(market, { offer, plan, customer, ...(problem !== undefined && { problem }) });
}

function readOrder(c: Context<ApiEnv>, fields: URLSearchParams) {
  const kind = fields.get('kind');
  return purchaseSchema.safeParse({
    offerId: c.req.param('offerId'),
    planId: c.req.param('planId'),
    beneficiary: fields.get('beneficiary') ?? '',
    purchaser: fields.get('purchaser') || undefined,
    quantity: fields.has('quantity') ? Number(fields.get('quantity')) : undefined,
    termUnit: fields.get('termUnit') ?? undefined,
    name: fields.get('name') || undefined,
    autoRenew: fields.has('autoRenew'),
    ...(kind ? { [kind]: true } : {}),
  });
}

function readCommand(action: string, fields: URLSearchParams): Command {
  switch (action) {
    case 'change-plan':
      return { type: 'change-plan', planId: fields.get('planId') ?? '' };
    case 'change-quantity':
      return { type: 'change-quantity', quantity: Number(fields.get('quantity')) };
    default:
      return { type: action as Exclude<Command['type'], 'change-plan' | 'change-quantity'> };
  }
}
