import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** A whole page. There are no inline styles or scripts, because the policy forbids them. */
export function page(title: string, body: Html, account: Html | string = ''): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Landfall</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/console/pages.css" />
        <script type="module" src="/console/pages.js"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header>
          <a class="product" href="/console">Landfall console</a>
          <a class="docs" href="/docs">API documentation</a>
          ${account}
        </header>
        <main id="content">${body}</main>
      </body>
    </html>`;
}

/** A time as people read it, with the exact one for machines. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
