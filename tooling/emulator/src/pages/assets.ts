import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { ApiEnv } from '../api/http-faults.ts';

const style = readFileSync(new URL('./assets/style.css', import.meta.url), 'utf8');
const script = readFileSync(new URL('./assets/script.js', import.meta.url), 'utf8');

/** Serves the stylesheet and the script of all pages. */
export function assetRoutes(): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/_assets/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css' }));
  app.get('/_assets/script.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }));
  // Browsers request it by themselves; an empty response avoids an error in their consoles.
  app.get('/favicon.ico', (c) => c.body(null, 204));
  return app;
}
