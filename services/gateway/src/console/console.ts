import { readFile } from 'node:fs/promises';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isFault } from '@landfall/domain/fault';
import { databaseFault } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import { signInRoutes, type SignInParts } from '../operators/sign-in.ts';
import type { AppFiles } from './app-files.ts';
import { localMarketplaceRoutes } from './local-marketplace.ts';
import { pagePreviewRoutes, type PagePreviewParts } from './page-preview.ts';
import { notBuiltPage, notePage, refusedPage } from './pages/notes.ts';
import {
  sessionOf,
  type ConsoleContext,
  type ConsoleEnv,
  type PageSessionParts,
} from './page-session.ts';
import { returnPath, signInPath } from './return-path.ts';

export interface ConsoleParts extends SignInParts, PageSessionParts, PagePreviewParts {
  readonly admission: PageSessionParts['admission'] & PagePreviewParts['admission'];
  /** The built app. */
  readonly app: AppFiles;
}

/**
 * Everything at `/console`: the pages around the sign-in, and the app for people who have signed in. The app's own addresses
 * exist only in the browser, so every other address answers with its document.
 */
export async function createConsole(parts: ConsoleParts): Promise<Hono<ConsoleEnv>> {
  const app = new Hono<ConsoleEnv>({ strict: false });
  const policy = policyOf(parts);
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('content-security-policy')) {
      c.header('content-security-policy', policy);
    }
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  await mountPageAssets(app);
  app.route('/console', signInRoutes(parts));
  app.route('/console', pagePreviewRoutes(parts));
  const { localMarketplaceUrl: marketplaceUrl } = parts;
  if (marketplaceUrl !== undefined) {
    app.route('/console', localMarketplaceRoutes({ ...parts, marketplaceUrl }));
  }
  // A missing script must not be answered with the document: the browser would refuse to run it, without saying why.
  app.get('/console/assets/*', async (c) => {
    const name = c.req.path.slice('/console/'.length);
    return (await parts.app.serve(name, c.req.raw)) ?? c.text('There is no such file.', 404);
  });
  app.get('/console/:file{[\\w-]+\\.[\\w.]+}', async (c) => {
    const name = c.req.param('file');
    const file = name === 'index.html' ? undefined : await parts.app.serve(name, c.req.raw);
    return file ?? c.text('There is no such file.', 404);
  });
  app.get('/console', (c) => openApp(parts, c));
  app.get('/console/*', (c) => openApp(parts, c));
  app.notFound((c) => c.html(notePage('Page not found', 'Check the address.'), 404));
  app.onError((error, c) => failed(parts.log, error, c));
  return app;
}

/** The document of the app, or the way to sign in and come back here. */
async function openApp(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const session = await sessionOf(parts, c);
  if (!session) {
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(signInPath(returnPath(pathname + search, parts.publicUrl)), 303);
  }
  // An admin has taken the last role away since the sign-in.
  if (session.roles.length === 0) return c.html(refusedPage('no-role', session), 403);
  return (await parts.app.serve('index.html', c.req.raw)) ?? c.html(notBuiltPage(), 503);
}

function failed(log: Logger, error: Error, c: ConsoleContext): Response | Promise<Response> {
  const fault = isFault(error) ? error : databaseFault(error);
  if (error instanceof TRPCError && error.code !== 'INTERNAL_SERVER_ERROR') {
    const status = getHTTPStatusCodeFromError(error) as ContentfulStatusCode;
    return c.html(notePage('This was not possible', error.message), status);
  }
  if (fault) {
    log.warn({ err: error }, 'the console could not answer');
    const text = 'A part of Landfall does not answer. Try again in a few seconds.';
    return c.html(notePage('We’ll be right back', text), 503);
  }
  log.error({ err: error }, 'failed to make a page');
  return c.html(notePage('Something went wrong', 'The cause is in the log of the gateway.'), 500);
}

/**
 * Only files of this origin, nothing inline, and no text that becomes code in the browser (Trusted Types, W3C). Forms lead to
 * Entra through a redirect, which Chromium checks against `form-action`.
 */
function policyOf({ authorityUrl }: ConsoleParts): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    // Previews of landing pages, which have a policy of their own.
    "frame-src 'self'",
    "manifest-src 'self'",
    `form-action 'self' ${new URL(authorityUrl).origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Style and script of the pages that the gateway renders itself. They work before anyone has signed in. */
async function mountPageAssets(app: Hono<ConsoleEnv>): Promise<void> {
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
