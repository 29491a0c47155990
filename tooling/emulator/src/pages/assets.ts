import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import type { ApiEnv } from '../api/http-faults.ts';

const read = (file: string) => readFileSync(new URL(`./assets/${file}`, import.meta.url), 'utf8');

const tokens = readFileSync(
  fileURLToPath(import.meta.resolve('@landfall/design/tokens.css')),
  'utf8',
);
const style = ['style.css', 'shop.css', 'tools.css'].map(read);
const styles = [tokens, ...style].join('\n');
const script = read('script.js');

/** Serves the stylesheet and the script of all pages. */
export function assetRoutes(): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/_assets/style.css', (c) => c.body(styles, 200, { 'content-type': 'text/css' }));
  app.get('/_assets/script.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }));
  // Browsers request it by themselves; an empty response avoids an error in their consoles.
  app.get('/favicon.ico', (c) => c.body(null, 204));
  return app;
}
