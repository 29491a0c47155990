import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ApiEnv } from '../api/http-faults.ts';
import type { Person } from '../authority/identities.ts';
import { activeFaults } from '../market/active-faults.ts';
import type { Market } from '../market/market.ts';
import { customersOf } from './customer.ts';
import { showTime } from './words.ts';

/** HTML that can be safely embedded in other HTML. */
export type Html = ReturnType<typeof html>;

const LINKS = [
  ['/', 'Shop'],
  ['/subscriptions', 'Subscriptions'],
  ['/usage', 'Usage'],
  ['/calls', 'Calls'],
  ['/mail', 'Mailbox'],
  ['/chat', 'Chats'],
  ['/clock', 'Clock and faults'],
  ['/settings', 'Settings'],
] as const;

export interface Page {
  readonly title: string;
  /** The entry of the navigation that is current. */
  readonly path: string;
  readonly body: Html;
}

/** Puts a body into the marketplace's layout, for the customer of the request. */
export type ShowPage = (c: Context<ApiEnv>, page: Page) => Html;

/** Who looks at a page, and where they come back to after choosing another customer. */
export interface Visit {
  readonly customer: Person;
  readonly address: string;
}

/** A page of the marketplace with its navigation. */
export function layout(market: Market, visit: Visit, page: Page): Html {
  return bare({
    title: `${page.title} – Local marketplace`,
    className: '',
    body: html`<a class="skip" href="#main">Skip to content</a>
      <header class="top">
        <div>
          <a class="brand" href="/">${logo()} Local marketplace</a>
          ${customerForm(market, visit)}
        </div>
        <div class="tabs">
          <nav aria-label="Main">
            ${LINKS.map(
              ([href, text]) =>
                html`<a href="${href}" ${href === page.path ? html`aria-current="page"` : ''}
                  >${text}</a
                >`,
            )}
          </nav>
          <span class="time" data-live="/live/clock">${clockLine(market)}</span>
        </div>
      </header>
      <div class="trouble" role="status" data-live="/live/trouble">${troubleLine(market)}</div>
      <main id="main">${page.body}</main>`,
  });
}

function customerForm(market: Market, { customer, address }: Visit): Html {
  return html`<form class="who" method="post" action="/customer">
    <input type="hidden" name="back" value="${address}" />
    <label for="customer">Signed in as</label>
    <select id="customer" name="customer">
      ${customersOf(market).map(
        (person) =>
          html`<option value="${person.email}" ${person === customer ? 'selected' : ''}>
            ${person.name}, ${person.tenantName}
          </option>`,
      )}
    </select>
    <button>Switch</button>
  </form>`;
}

/** A shopping bag. */
function logo(): Html {
  return html`<svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    aria-hidden="true"
  >
    <path d="M4.5 8h15l-1 12.5h-13z" stroke-linejoin="round" />
    <path d="M8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5" stroke-linecap="round" />
  </svg>`;
}

/** The document around a page without navigation. */
export function bare(page: {
  readonly title: string;
  readonly className: string;
  readonly body: Html;
}): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        <link rel="stylesheet" href="/_assets/style.css" />
        <script src="/_assets/script.js" defer></script>
      </head>
      <body class="${page.className}">
        ${page.body}
      </body>
    </html>`;
}

export function clockLine(market: Market): Html {
  const { now, frozen } = market.clock.read();
  return html`${showTime(now)} UTC${frozen ? ' (frozen)' : ''}`;
}

/** Says on every page that the marketplace does not behave as usual. Empty if it does. */
export function troubleLine(market: Market): Html | string {
  const active = activeFaults(market);
  if (active.length === 0) return '';
  return html`<p>
    Disturbed on purpose: ${active.map(({ title }) => title).join(', ')}.
    <a href="/clock">See what is active, and end it</a>
  </p>`;
}

export function notice(text: string | undefined, kind: 'info' | 'problem' = 'info'): Html | '' {
  if (text === undefined) return '';
  return html`<p class="notice ${kind}" role="${kind === 'problem' ? 'alert' : 'status'}">
    ${text}
  </p>`;
}

/** A button that empties a list of what was caught. */
export function clearButton(action: string, text: string): Html {
  return html`<form method="post" action="${action}"><button>${text}</button></form>`;
}

const STATUS_COLOURS: Readonly<Record<string, string>> = {
  Subscribed: 'good',
  Succeeded: 'good',
  Accepted: 'good',
  delivered: 'good',
  accepted: 'good',
  Suspended: 'warn',
  InProgress: 'warn',
  Submitted: 'warn',
  Mismatch: 'warn',
  pending: 'warn',
  held: 'warn',
  refused: 'warn',
  PendingFulfillmentStart: 'warn',
  Failed: 'bad',
  Rejected: 'bad',
  rejected: 'bad',
  exhausted: 'bad',
  dropped: 'bad',
  failed: 'bad',
};

/** @param text what people read; the status itself by default */
export function statusTag(status: string, text = status): Html {
  return html`<span class="tag ${STATUS_COLOURS[status] ?? ''}">${text}</span>`;
}
