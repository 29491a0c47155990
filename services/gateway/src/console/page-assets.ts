import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import type { ConsoleEnv } from './visit.ts';

/** Style and script of the pages that the gateway renders itself. They work before anyone has signed in. */
export async function mountPageAssets(app: Hono<ConsoleEnv>): Promise<void> {
  const files = [
    ['pages.css', 'text/css', import.meta.resolve('./assets/pages.css')],
    ['pages.js', 'text/javascript', import.meta.resolve('./assets/pages.js')],
    ['tokens.css', 'text/css', import.meta.resolve('@landfall/design/tokens.css')],
    ['mark.svg', 'image/svg+xml', import.meta.resolve('@landfall/design/mark.svg')],
  ] as const;
  for (const [name, type, place] of files) {
    const text = await readFile(new URL(place), 'utf8');
    app.get(`/console/${name}`, (c) =>
      c.body(text, 200, {
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'public, max-age=300',
      }),
    );
  }
}
