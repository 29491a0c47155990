import { Hono } from 'hono';
import { readCookie } from '@landfall/entra-sign-in/cookies';
import { isSameOrigin, SESSION_COOKIE } from '../api/admission.ts';
import { callerOf } from '../operators/caller.ts';
import type { AccessParts } from './access-pages.ts';
import { notePage } from './pages/notes.ts';
import type { ConsoleContext, ConsoleEnv } from './visit.ts';

/** The page has its style and its logo inside. It runs nothing, loads nothing and sends nothing. */
const PREVIEW_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  'sandbox',
].join('; ');

/**
 * A draft of a landing page, as a document of its own: the console's policy allows no inline style, and a document that the
 * console made itself would inherit that policy. The console sends the draft as a form into a frame, so that nothing is stored
 * here and any gateway can answer.
 */
export function pagePreviewRoutes(parts: AccessParts): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/page-preview', (c) => preview(parts, c));
  return app;
}

async function preview(parts: AccessParts, c: ConsoleContext): Promise<Response> {
  const { router, admission, addressOf, onError, publicUrl } = parts;
  const isOwn = isSameOrigin((name) => c.req.header(name), new URL(publicUrl).origin);
  if (!isOwn) return c.html(notePage('This form is not valid here', 'Open the console.'), 403);
  const { signal } = c.req.raw;
  const token = readCookie(c, SESSION_COOKIE);
  const admitted = await admission.admitSession(token, addressOf(c.env.incoming), signal);
  if (!admitted) return c.html(notePage('Your session has ended', 'Sign in again.'), 401);
  const fields = new URLSearchParams(await c.req.text());
  const chosen = fields.get('publisher') ?? undefined;
  const { session, call } = admitted;
  const callerFor = (named: string | undefined) => callerOf(session, chosen ?? named);
  const api = router.createCaller({ ...call, callerFor }, { onError });
  const { html } = await api.offerPages.preview(draftIn(fields));
  if (html === undefined) {
    return c.html(notePage('This draft has problems', 'The console shows them.'), 422);
  }
  c.header('content-security-policy', PREVIEW_POLICY);
  return c.html(html);
}

type Draft = Parameters<
  ReturnType<AccessParts['router']['createCaller']>['offerPages']['preview']
>[0];

/** The procedure checks the input. */
function draftIn(fields: URLSearchParams): Draft {
  try {
    return JSON.parse(fields.get('draft') ?? '') as Draft;
  } catch {
    return {} as Draft;
  }
}
