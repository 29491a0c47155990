import { html } from 'hono/html';
import type { PageState } from './fixture.ts';
import { sizes } from './sizes.ts';

/** A page with every picture and what it should show, for a quick review. */
export async function contactSheet(
  states: readonly Pick<PageState, 'name' | 'shows'>[],
): Promise<string> {
  const pictures = sizes.flatMap(({ name, width }) =>
    ['light', 'dark'].map((scheme) => ({ name, width, scheme })),
  );
  const sheet = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Pages of Landfall</title>
        <style>
          body {
            font: 16px/1.4 system-ui;
            margin: 2rem;
            background: #777;
            color: #fff;
          }
          .row {
            display: flex;
            gap: 1rem;
            align-items: start;
            overflow-x: auto;
          }
          img {
            border: 1px solid #333;
          }
        </style>
      </head>
      <body>
        ${states.map(
          ({ name, shows }) =>
            html`<h2 id="${name}">${name}</h2>
              <p>${shows}</p>
              <div class="row">
                ${pictures.map(
                  (one) =>
                    html`<img
                      src="${name}.${one.name}.${one.scheme}.png"
                      alt="${name}, ${one.width} px, ${one.scheme}"
                      width="${Math.round(one.width / 2)}"
                      loading="lazy"
                    />`,
                )}
              </div>`,
        )}
      </body>
    </html>`;
  return sheet.toString();
}
