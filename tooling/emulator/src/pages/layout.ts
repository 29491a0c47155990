import { html } from 'hono/html';
import type { Market } from '../market/market.ts';

/** HTML that can be safely embedded in other HTML. */
export type Html = ReturnType<typeof html>;

const LINKS = [
  ['/', 'Offers'],
  ['/subscriptions', 'Subscriptions'],
  ['/clock', 'Clock and faults'],
] as const;

/** A page of the storefront. `path` marks the current entry of the navigation. */
export function layout(
  market: Market,
  page: { readonly title: string; readonly path: string; readonly body: Html },
): Html {
  return bare({
    title: page.title,
    className: '',
    body: html`<a class="skip" href="#main">Skip to content</a>
      <header class="top">
        <div>
          <strong>Local marketplace</strong>
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
      <main id="main">${page.body}</main>`,
  });
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

export function notice(text: string | undefined, kind: 'info' | 'problem' = 'info'): Html | '' {
  if (text === undefined) return '';
  return html`<p class="notice ${kind}" role="${kind === 'problem' ? 'alert' : 'status'}">
    ${text}
  </p>`;
}

/** `2026-11-22 08:41:07` */
export function showTime(at: string | number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19);
}

export function showDay(at: string | null): string {
  return at === null ? '–' : at.slice(0, 10);
}

const STATUS_COLOURS: Readonly<Record<string, string>> = {
  Subscribed: 'good',
  Succeeded: 'good',
  delivered: 'good',
  Suspended: 'warn',
  InProgress: 'warn',
  pending: 'warn',
  held: 'warn',
  PendingFulfillmentStart: 'warn',
  Failed: 'bad',
  rejected: 'bad',
  exhausted: 'bad',
  Unsubscribed: 'quiet',
};

export function statusTag(status: string): Html {
  return html`<span class="tag ${STATUS_COLOURS[status] ?? ''}">${status}</span>`;
}
