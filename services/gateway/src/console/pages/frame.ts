import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** A page for a person who has signed in. There are no inline styles or scripts, because the policy forbids them. */
export function page(title: string, body: Html, account: Html): Html {
  return document(
    title,
    html`<body>
      <a class="skip" href="#content">Skip to content</a>
      <header>
        <a class="product" href="/console">Landfall console</a>
        <a class="docs" href="/docs">API documentation</a>
        ${account}
      </header>
      <main id="content">${body}</main>
    </body>`,
  );
}

/** A page around the sign-in, with one message and one thing to do. */
export function gate(title: string, body: Html): Html {
  return document(
    title,
    html`<body class="gate">
      <main>
        <p class="brand"><img src="/console/mark.svg" alt="" />Landfall</p>
        <div class="sheet">${body}</div>
      </main>
      <footer><a href="/docs">API documentation</a></footer>
    </body>`,
  );
}

function document(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Landfall</title>
        <link rel="icon" type="image/svg+xml" href="/console/mark.svg" />
        <link rel="stylesheet" href="/console/tokens.css" />
        <link rel="stylesheet" href="/console/pages.css" />
        <script type="module" src="/console/pages.js"></script>
      </head>
      ${body}
    </html>`;
}

/** A time as people read it, with the exact one for machines. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
