import { Hono } from 'hono';
import { isFault } from '@landfall/domain/fault';
import { databaseFault } from '@landfall/service-kit/database';
import type { Assets } from './web/assets.ts';
import { arrive, openPurchase } from './purchase/handlers/arrive.ts';
import { confirm } from './purchase/handlers/confirm.ts';
import { switchLanguage } from './web/handlers/language.ts';
import { progress, progressState } from './purchase/handlers/progress.ts';
import { retry } from './purchase/handlers/retry.ts';
import { signedIn, signIn } from './sign-in/handlers/sign-in.ts';
import { signOut } from './sign-in/handlers/sign-out.ts';
import { type Landing } from './landing.ts';
import { mountRoutes } from './manage/access.ts';
import { manageRoutes } from './manage/routes.ts';
import { brandFile } from './offer-pages/brand-files.ts';
import {
  brokenPage,
  notFoundPage,
  TROUBLE_REFRESH_SECONDS,
  unavailablePage,
} from './web/pages/trouble.ts';
import { personBounds } from './web/person-bounds.ts';
import { securityHeaders } from './web/security-headers.ts';
import { seeOther } from './web/paths.ts';

/** The routes. GET shows and never changes a subscription; the POSTs want the session's form key. */
export function createApp(options: {
  readonly landing: Landing;
  readonly assets: Assets;
  readonly authorityUrl: string;
  readonly clientId: string;
}): Hono {
  const { landing, assets, authorityUrl, clientId } = options;
  const signInApp = { clientId, adminConsentUrl: adminConsentUrl(authorityUrl, clientId) };
  // With a slash at the end, as it may stand in Partner Center, a purchase token arrives all the same.
  const app = new Hono({ strict: false });
  app.use(securityHeaders(authorityUrl));
  assets.mount(app);
  app.use(personBounds(landing));
  app.get('/landing/assets/brand/:file', (c) => brandFile(landing, c));
  app.get('/landing', (c) => arrive(landing, c));
  app.get('/landing/p/:publisherId{[A-Za-z0-9._-]+}', (c) => arrive(landing, c));
  app.get('/landing/purchase/:visit', (c) => openPurchase(landing, c));
  app.get('/landing/sign-in', (c) => signIn(landing, c));
  app.get('/landing/signed-in', (c) => signedIn({ ...landing, app: signInApp }, c));
  app.post('/landing/language', switchLanguage);
  app.post('/landing/sign-out', (c) => signOut(landing, c));
  app.post('/landing/confirm', (c) => confirm(landing, c));
  app.post('/landing/retry', (c) => retry(landing, c));
  // The address of an answer to a form, loaded again from the address bar or the history.
  for (const path of [
    '/landing/confirm',
    '/landing/retry',
    '/landing/sign-out',
    '/landing/language',
  ]) {
    app.get(path, (c) => seeOther(c, '/landing'));
  }
  app.get('/landing/progress/:visit', (c) => progress(landing, c));
  app.get('/landing/progress/:visit/state', (c) => progressState(landing, c));
  mountRoutes(app, landing, manageRoutes);
  app.notFound((c) => c.html(notFoundPage(landing.frames.of(c)), 404));

  app.onError((error, c) => {
    const frame = landing.frames.of(c);
    // Loading this address again would send the code of a finished sign-in a second time.
    const isSafeToReload = c.req.method === 'GET' && c.req.path !== '/landing/signed-in';
    const fault = isFault(error) ? error : databaseFault(error);
    if (!fault) {
      landing.log.error({ err: error }, 'failed to make a page');
      return c.html(brokenPage(frame, { isSafeToReload }), 500);
    }
    landing.log.warn({ err: fault }, 'a required service did not answer');
    c.header('retry-after', String(TROUBLE_REFRESH_SECONDS));
    return c.html(unavailablePage(frame, { isSafeToReload }), 503);
  });
  return app;
}

/** Entra's page on which an administrator approves for all; a local authority has none. */
function adminConsentUrl(authorityUrl: string, clientId: string): string | undefined {
  const base = new URL(authorityUrl);
  if (base.protocol !== 'https:') return undefined;
  return `${authorityUrl}/organizations/adminconsent?client_id=${encodeURIComponent(clientId)}`;
}
