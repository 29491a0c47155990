import { html } from 'hono/html';
import type { Visitor } from '../id-token.ts';

/** The publisher's own words and addresses, from the configuration. */
export interface Product {
  readonly name: string;
  readonly url: string;
  readonly supportEmail?: string | undefined;
  readonly supportUrl?: string | undefined;
}

export type Html = ReturnType<typeof html>;

/** What every page has around its content. */
export interface Frame {
  readonly product: Product;
  /** Part of the assets' URLs, so that a new release is not shown with the old stylesheet. */
  readonly assetsVersion: string;
  readonly signedIn?: { readonly visitor: Visitor; readonly formKey: string } | undefined;
  readonly supportCode?: string | undefined;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Seconds after which the browser loads the page again, by itself. */
  readonly refreshSeconds?: number | undefined;
  /** The script keeps the page up to date; `refreshSeconds` then is for browsers without script. */
  readonly isFollowed?: boolean | undefined;
}

/** A whole page. Everything that is put into it is escaped by the template. */
export function framed(frame: Frame, content: PageContent): Html {
  const { product, assetsVersion } = frame;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${content.title} · ${product.name}</title>
        <link rel="stylesheet" href="/landing/assets/landing.css?v=${assetsVersion}" />
        <link rel="icon" href="data:," />
        ${refresh(content)}
        <script type="module" src="/landing/assets/landing.js?v=${assetsVersion}"></script>
      </head>
      <body>
        <header class="top">
          <p class="product">${product.name}</p>
          ${account(frame)}
        </header>
        <main id="content">${content.body}</main>
        <footer class="bottom">${footer(frame)}</footer>
      </body>
    </html>`;
}

function refresh({ refreshSeconds, isFollowed }: PageContent): Html | string {
  if (!refreshSeconds) return '';
  const meta = html`<meta http-equiv="refresh" content="${refreshSeconds}" />`;
  return isFollowed ? html`<noscript>${meta}</noscript>` : meta;
}

function account({ signedIn }: Frame): Html | string {
  if (!signedIn) return '';
  const { visitor, formKey } = signedIn;
  return html`<form class="account" method="post" action="/landing/sign-out">
    <span class="who">${visitor.name ?? visitor.email ?? 'Signed in'}</span>
    <input type="hidden" name="formKey" value="${formKey}" />
    <button class="quiet" type="submit">Sign out</button>
  </form>`;
}

function footer({ product, supportCode }: Frame): Html {
  const { supportEmail, supportUrl } = product;
  return html`
    ${
      supportEmail || supportUrl
        ? html`<p>
            Need help? ${supportUrl ? html`<a href="${supportUrl}">Contact support</a>` : ''}
            ${supportEmail ? html`<a href="mailto:${supportEmail}">${supportEmail}</a>` : ''}
          </p>`
        : ''
    }
    ${
      supportCode
        ? html`<p>
            Support code <code id="support-code">${supportCode}</code>
            <button class="quiet" type="button" data-copy="support-code" hidden>Copy</button>
          </p>`
        : ''
    }
  `;
}
