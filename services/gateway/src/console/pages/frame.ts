import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** A page around the sign-in, with one message and one thing to do. No inline styles or scripts: the policy forbids them. */
export function gate(title: string, body: Html): Html {
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
      <body class="gate">
        <main>
          <p class="brand"><img src="/console/mark.svg" alt="" />Landfall</p>
          <div class="sheet">${body}</div>
        </main>
        <footer><a href="/docs">API documentation</a></footer>
      </body>
    </html>`;
}
