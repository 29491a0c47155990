import { Hono, type Context } from 'hono';
import { findOffer } from '../market/catalogue.ts';
import { findPlan, offersNow } from '../market/published-plans.ts';
import { runCommand, type Command } from '../market/commands.ts';
import { purchaseSchema } from '../control/contract.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import type { Keyring } from '../authority/keyring.ts';
import { pageHeaders } from '../authority/local-only.ts';
import { findSubscription, isRefusal, type Market } from '../market/market.ts';
import { mintPurchaseToken, purchase, transfer } from '../market/purchases.ts';
import type { SubscriptionRecord } from '../market/state.ts';
import { assetRoutes } from './assets.ts';
import { clockActions } from './clock-actions.ts';
import { clockPage } from './clock.ts';
import { bare, clockLine, layout, notice, type Html } from './layout.ts';
import { buyPage, offersPage } from './offers.ts';
import {
  actionsPart,
  factsPart,
  logPart,
  subscriptionPage,
  subscriptionsPage,
} from './subscriptions.ts';

const PARTS = { facts: factsPart, actions: actionsPart, log: logPart } as const;

/** The marketplace as a customer sees it, and a page to change its clock and inject faults. */
export function storefrontRoutes(market: Market, keyring: Keyring): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.route('/', assetRoutes());
  app.use(pageHeaders());
  const page = (title: string, path: string, body: Html): Html =>
    layout(market, { title: `${title} – Local marketplace`, path, body });

  app.get('/healthz', (c) => c.text('ok'));
  app.get('/live/clock', (c) => c.html(clockLine(market)));
  app.get('/', (c) => c.html(page('Offers', '/', offersPage(offersNow(market.state)))));

  app.get('/buy/:offerId/:planId', (c) => {
    const form = orderForm(c, market);
    return form ? c.html(page('Buy', '', form)) : missing(c);
  });
  app.post('/buy/:offerId/:planId', async (c) => {
    const fields = new URLSearchParams(await c.req.text());
    const order = purchaseSchema.safeParse({
      offerId: c.req.param('offerId'),
      planId: c.req.param('planId'),
      beneficiary: fields.get('beneficiary') ?? '',
      purchaser: fields.get('purchaser') || undefined,
      quantity: fields.has('quantity') ? Number(fields.get('quantity')) : undefined,
      termUnit: fields.get('termUnit') ?? undefined,
      name: fields.get('name') || undefined,
      autoRenew: fields.has('autoRenew'),
      ...kindOf(fields),
    });
    const bought = order.success ? purchase(market, order.data) : undefined;
    if (bought && !isRefusal(bought)) return c.redirect(`/subscriptions/${bought.id}`, 303);
    const form = orderForm(
      c,
      market,
      bought?.message ?? 'Some fields of the order are missing or not valid.',
    );
    return form ? c.html(page('Buy', '', form), 409) : missing(c);
  });

  app.post('/subscriptions/:id/transfer', async (c) => {
    const fields = new URLSearchParams(await c.req.text());
    return known(c, market, (one) => {
      const after = transfer(market, one, {
        beneficiary: fields.get('beneficiary') || undefined,
        purchaser: fields.get('purchaser') || undefined,
      });
      if (!isRefusal(after)) return c.redirect(`/subscriptions/${one.id}`, 303);
      const body = subscriptionPage(market, one, after.message);
      return c.html(page(one.name, '/subscriptions', body), 409);
    });
  });

  app.get('/subscriptions', (c) =>
    c.html(page('Subscriptions', '/subscriptions', subscriptionsPage(market))),
  );
  app.get('/subscriptions/:id', (c) =>
    known(c, market, (one) =>
      c.html(page(one.name, '/subscriptions', subscriptionPage(market, one))),
    ),
  );
  app.get('/subscriptions/:id/live/:part{facts|actions|log}', (c) =>
    known(c, market, (one) =>
      c.html(PARTS[c.req.param('part') as keyof typeof PARTS](market, one)),
    ),
  );
  app.post('/subscriptions/:id/configure', (c) =>
    known(c, market, (one) => {
      const { landingUrl } = mintPurchaseToken(market, one);
      return landingUrl === null ? missing(c) : c.redirect(landingUrl, 303);
    }),
  );
  app.post(
    '/subscriptions/:id/:action{change-plan|change-quantity|suspend|reinstate|renew|cancel}',
    async (c) => {
      const fields = new URLSearchParams(await c.req.text());
      const command = readCommand(c.req.param('action'), fields);
      return known(c, market, (one) => {
        const started = runCommand(market, one, command);
        if (!isRefusal(started)) return c.redirect(`/subscriptions/${one.id}`, 303);
        const body = subscriptionPage(market, one, started.message);
        return c.html(page(one.name, '/subscriptions', body), 409);
      });
    },
  );

  app.get('/clock', (c) => c.html(page('Clock and faults', '/clock', clockPage(market))));
  app.route(
    '/clock',
    clockActions(market, keyring, (c, problem) =>
      c.html(page('Clock and faults', '/clock', clockPage(market, problem)), 400),
    ),
  );
  app.notFound(missing);
  return app;
}

function orderForm(c: Context, market: Market, problem?: string): Html | undefined {
  const offer = findOffer(c.req.param('offerId') ?? '');
  const plan = findPlan(market.state, offer?.offerId ?? '', c.req.param('planId') ?? '');
  if (!offer || !plan) return undefined;
  const { people } = market.state.identities;
  return buyPage({ offer, plan, people, ...(problem !== undefined && { problem }) });
}

function kindOf(fields: URLSearchParams): Record<string, true> {
  const kind = fields.get('kind');
  return kind ? { [kind]: true } : {};
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

function known(
  c: Context<ApiEnv>,
  market: Market,
  act: (subscription: SubscriptionRecord) => Response | Promise<Response>,
): Response | Promise<Response> {
  const subscription = findSubscription(market, c.req.param('id') ?? '');
  return subscription ? act(subscription) : missing(c);
}

function missing(c: Context): Response | Promise<Response> {
  const body = notice('There is no such page.', 'problem') || '';
  const title = 'Not found';
  return c.html(bare({ title, className: 'sign-in', body: body as Html }), 404);
}
