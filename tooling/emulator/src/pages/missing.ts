import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ApiEnv } from '../api/http-faults.ts';
import type { ShowPage } from './layout.ts';

/** A page that leads back, for an address that leads nowhere. */
export function missing(
  c: Context<ApiEnv>,
  page: ShowPage,
  why = 'The address may be mistyped, or the marketplace was reset in the meantime.',
): Response | Promise<Response> {
  const body = html`<h1>There is no such page</h1>
    <p class="lead">${why}</p>
    <p class="row">
      <a class="button primary" href="/">Go to the shop</a>
      <a class="button" href="/subscriptions">See the subscriptions</a>
    </p>`;
  return c.html(page(c, { title: 'Not found', path: '', body }), 404);
}
