import { readFile } from 'node:fs/promises';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { PublicRouter } from '@landfall/contracts/api';
import type { Call } from '@landfall/contracts/procedures';
import { isFault } from '@landfall/domain/fault';
import { readCookie } from '@landfall/entra-sign-in/cookies';
import { sameText } from '@landfall/entra-sign-in/random';
import { databaseFault } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import { isSameOrigin, SESSION_COOKIE, type Admission } from '../api/admission.ts';
import type { noteFailure } from '../api/trpc.ts';
import { callerOf } from './caller.ts';
import { createKey, homePage, inviteOperator } from './console-actions.ts';
import { notePage, signInPage } from './pages/notes.ts';
import { signInRoutes, type SignInParts } from './sign-in.ts';
import {
  consolePath,
  formKeyOf,
  type ConsoleContext,
  type ConsoleEnv,
  type SentForm,
  type Visit,
} from './visit.ts';

export interface ConsoleParts extends SignInParts {
  readonly router: PublicRouter;
  readonly admission: Pick<Admission, 'admitSession'>;
  readonly onError: ReturnType<typeof noteFailure>;
  readonly log: Logger;
}

/** The pages at `/console`, for people of the publisher's organisation. They call the same procedures as programs do. */
export async function createConsole(parts: ConsoleParts): Promise<Hono<ConsoleEnv>> {
  const app = new Hono<ConsoleEnv>({ strict: false });
  app.use(async (c, next) => {
    await next();
    c.header('content-security-policy', policyOf(parts));
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  await mountAssets(app);
  app.route('/console', signInRoutes(parts));
  app.get('/console', async (c) => {
    const visit = await visitOf(parts, c, c.req.query('publisher'));
    return visit ? homePage(c, visit) : c.html(signInPage(parts.setup));
  });
  const forms = {
    '/console/keys': createKey,
    '/console/keys/revoke': revokeKey,
    '/console/operators/invite': inviteOperator,
    '/console/operators/remove': removeOperator,
    '/console/operators/end-sessions': endSessions,
  } as const;
  for (const [path, answer] of Object.entries(forms)) {
    app.post(path, async (c) => {
      const sent = await readForm(parts, c);
      return sent instanceof Response ? sent : answer(c, sent);
    });
    // A browser can load the address of a form again from its history.
    app.get(path, (c) => c.redirect('/console', 303));
  }
  app.notFound((c) => c.html(notePage('Page not found', 'Check the address.'), 404));
  app.onError((error, c) => failed(parts.log, error, c));
  return app;
}

async function revokeKey(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  await visit.api.keys.revoke({ keyId: fields['keyId'] ?? '' });
  return c.redirect(consolePath(visit.publisherId), 303);
}

async function removeOperator(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  await visit.api.operators.remove({ operatorId: fields['operatorId'] ?? '' });
  return c.redirect(consolePath(visit.publisherId), 303);
}

async function endSessions(c: ConsoleContext, { visit, fields }: SentForm): Promise<Response> {
  await visit.api.operators.endSessions({ operatorId: fields['operatorId'] ?? '' });
  return c.redirect(consolePath(visit.publisherId), 303);
}

/** Undefined if no one is signed in. */
async function visitOf(
  { router, admission, addressOf, onError, publicUrl }: ConsoleParts,
  c: ConsoleContext,
  publisher: string | undefined,
): Promise<Visit | undefined> {
  const token = readCookie(c, SESSION_COOKIE);
  const { signal } = c.req.raw;
  const admitted = await admission.admitSession(token, addressOf(c.env.incoming), signal);
  if (!admitted) return undefined;
  const { session } = admitted;
  const publisherId = publisher?.trim() || undefined;
  const apiFor = (chosen: string | undefined) => {
    const call: Call = {
      ...admitted.call,
      callerFor: (named) => callerOf(session, chosen ?? named),
    };
    return router.createCaller(call, { onError });
  };
  return {
    session,
    publisherId,
    publicUrl,
    api: apiFor(publisherId),
    everywhere: apiFor(undefined),
    formKey: formKeyOf(token ?? ''),
  };
}

/** Reads a form of ours. Anything else is answered with a redirect to sign in, or with 403. */
async function readForm(parts: ConsoleParts, c: ConsoleContext): Promise<SentForm | Response> {
  const ownOrigin = new URL(parts.publicUrl).origin;
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');
  const fields: Record<string, string> = isForm
    ? Object.fromEntries(new URLSearchParams(await c.req.text()))
    : {};
  const isOwn = isForm && isSameOrigin((name) => c.req.header(name), ownOrigin);
  const visit = isOwn ? await visitOf(parts, c, fields['publisher']) : undefined;
  if (isOwn && !visit) return c.redirect('/console', 303);
  if (visit && sameText(visit.formKey, fields['formKey'] ?? '')) return { visit, fields };
  return c.html(
    notePage('This form is not valid here', 'Nothing was changed. Open the console and try again.'),
    403,
  );
}

function failed(log: Logger, error: Error, c: ConsoleContext): Response | Promise<Response> {
  const fault = isFault(error) ? error : databaseFault(error);
  if (error instanceof TRPCError && error.code !== 'INTERNAL_SERVER_ERROR') {
    const status = getHTTPStatusCodeFromError(error) as ContentfulStatusCode;
    return c.html(notePage('This was not possible', error.message), status);
  }
  if (fault || (error instanceof TRPCError && isFault(error.cause))) {
    log.warn({ err: error }, 'the console could not answer');
    const text = 'A part of Landfall does not answer. Try again in a few seconds.';
    return c.html(notePage('We’ll be right back', text), 503);
  }
  log.error({ err: error }, 'failed to make a page');
  return c.html(notePage('Something went wrong', 'The cause is in the log of the gateway.'), 500);
}

/** Forms lead to Entra through a redirect, which Chromium checks against `form-action`. */
function policyOf({ authorityUrl }: ConsoleParts): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    `form-action 'self' ${new URL(authorityUrl).origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

async function mountAssets(app: Hono<ConsoleEnv>): Promise<void> {
  const types = { 'console.css': 'text/css', 'console.js': 'text/javascript' };
  for (const [name, type] of Object.entries(types)) {
    const text = await readFile(new URL(`./assets/${name}`, import.meta.url), 'utf8');
    app.get(`/console/assets/${name}`, (c) =>
      c.body(text, 200, {
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'public, max-age=300',
      }),
    );
  }
}
