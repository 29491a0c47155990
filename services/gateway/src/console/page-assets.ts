import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import type { ConsoleEnv } from './visit.ts';

/** Style and script of the pages that the gateway renders itself. They work before anyone has signed in. */
export async function mountPageAssets(app: Hono<ConsoleEnv>): Promise<void> {
  const files = { 'pages.css': 'text/css', 'pages.js': 'text/javascript' };
  for (const [name, type] of Object.entries(files)) {
    const text = await readFile(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    app.get(`/console/${name}`, (c) =>
      c.body(text, 200, {
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'public, max-age=300',
      }),
    );
  }
}
