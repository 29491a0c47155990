import { Hono, type Context } from 'hono';
import type { CallLog } from '../calls/call-log.ts';
import type { ChatMessages } from '../chat/messages.ts';
import { callFilterSchema } from '../control/contract.ts';
import type { ApiEnv } from '../api/http-faults.ts';
import type { Keyring } from '../authority/keyring.ts';
import { pageHeaders } from '../authority/local-only.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Market } from '../market/market.ts';
import { assetRoutes } from './assets.ts';
import { callPage, callsPage, callsPart } from './calls.ts';
import { chatPage, chatPart } from './chat.ts';
import { clockActions } from './clock-actions.ts';
import { activePart, clockPage } from './clock.ts';
import { chooseCustomer, customerOf } from './customer.ts';
import { clockLine, layout, troubleLine, type Html, type ShowPage } from './layout.ts';
import { mailboxPage, mailboxPart, mailDocument, mailPage } from './mail.ts';
import { missing } from './missing.ts';
import { settingsPage } from './settings.ts';
import { shopRoutes } from './shop.ts';
import { usagePage, usagePart } from './usage.ts';

export interface Shown {
  readonly keyring: Keyring;
  readonly calls: CallLog;
  readonly mailbox: Mailbox;
  readonly chat: ChatMessages;
  readonly smtpUrl: string;
  /** Address of these pages. */
  readonly url: string;
  /** Empties the marketplace and everything that was caught. */
  readonly reset: () => Promise<void>;
}

/** The marketplace as a customer sees it, and what a developer wants to see and change of it. */
export function storefrontRoutes(market: Market, shown: Shown): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const page: ShowPage = (c, content) => {
    const { pathname, search } = new URL(c.req.url);
    // The page after a refused form has the form's address, which cannot be opened.
    const address = c.req.method === 'GET' ? `${pathname}${search}` : content.path || '/';
    return layout(market, { customer: customerOf(c, market), address }, content);
  };
  const show = (path: string, title: string, body: (c: Context<ApiEnv>) => Html) =>
    app.get(path, (c) => c.html(page(c, { title, path, body: body(c) })));
  const live = (name: string, part: (c: Context<ApiEnv>) => Html | string) =>
    app.get(`/live/${name}`, async (c) => c.html(await part(c)));

  app.route('/', assetRoutes());
  // Before the headers of pages: it has a stricter policy of its own.
  app.get('/mail/:id/html', (c) => {
    const mail = shown.mailbox.get(c.req.param('id'));
    return mail ? mailDocument(mail) : c.text('There is no such mail.', 404);
  });
  app.use(pageHeaders());
  app.get('/healthz', (c) => c.text('ok'));
  app.post('/customer', chooseCustomer);
  live('clock', () => clockLine(market));
  live('trouble', () => troubleLine(market));
  app.route('/', shopRoutes(market, page));

  show('/usage', 'Usage', (c) => usagePage(market, c.req.query('subscriptionId')));
  live('usage', (c) => usagePart(market, c.req.query('subscriptionId')));

  show('/calls', 'Calls', (c) => callsPage(market, shown.calls, filterOf(c)));
  live('calls', (c) => callsPart(market, shown.calls, filterOf(c)));
  app.get('/calls/:id', (c) => {
    const call = shown.calls.get(c.req.param('id'));
    if (!call) return missing(c, page, 'The log does not have this call any more.');
    return c.html(page(c, { title: call.title, path: '/calls', body: callPage(market, call) }));
  });

  show('/mail', 'Mailbox', () => mailboxPage(shown.mailbox, shown.smtpUrl));
  live('mail', () => mailboxPart(shown.mailbox));
  app.get('/mail/:id', (c) => {
    const mail = shown.mailbox.get(c.req.param('id'));
    if (!mail) return missing(c, page, 'The mailbox does not have this mail any more.');
    return c.html(page(c, { title: mail.subject, path: '/mail', body: mailPage(mail) }));
  });

  show('/chat', 'Chats', () => chatPage(shown.chat, shown.url));
  live('chat', () => chatPart(shown.chat));

  for (const [path, caught] of [
    ['/calls', shown.calls],
    ['/mail', shown.mailbox],
    ['/chat', shown.chat],
  ] as const) {
    app.post(`${path}/clear`, (c) => {
      caught.clear();
      return c.redirect(path, 303);
    });
  }

  show('/clock', 'Clock and faults', () => clockPage(market));
  live('active', () => activePart(market));
  show('/settings', 'Settings', () => settingsPage(market));
  app.route(
    '/clock',
    clockActions(market, {
      keyring: shown.keyring,
      reset: shown.reset,
      fail: (c, problem) => {
        const body = clockPage(market, problem);
        return c.html(page(c, { title: 'Clock and faults', path: '/clock', body }), 400);
      },
      failSettings: (c, problem) => {
        const body = settingsPage(market, problem);
        return c.html(page(c, { title: 'Settings', path: '/settings', body }), 400);
      },
    }),
  );
  app.all('*', (c) => missing(c, page));
  return app;
}

/** A filter that is not valid filters nothing, because its address was written by hand. */
function filterOf(c: Context<ApiEnv>) {
  const given = Object.entries(c.req.query()).filter(([, value]) => value !== '');
  return callFilterSchema.safeParse(Object.fromEntries(given)).data ?? {};
}
