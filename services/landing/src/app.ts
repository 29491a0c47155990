import { Hono, type Context } from 'hono';
import { isFault } from '@landfall/domain/fault';
import { databaseFault } from '@landfall/service-kit/database';
import type { Logger } from '@landfall/service-kit/log';
import type { Subscriptions } from './clients/subscriptions.ts';
import type { Db } from './db/schema.ts';
import { mountRoutes } from './manage/access.ts';
import { manageRoutes } from './manage/routes.ts';
import { brandFile } from './offer-pages/brand-files.ts';
import type { BrandedFrames } from './offer-pages/branded-frame.ts';
import type { Presentations } from './offer-pages/presentations.ts';
import type { Confirmations } from './purchase/confirmation-relay.ts';
import type { Drafts } from './purchase/drafts.ts';
import { arrive } from './purchase/handlers/arrive.ts';
import { confirm, retry } from './purchase/handlers/confirm.ts';
import { openPurchase } from './purchase/handlers/open-purchase.ts';
import { progress, progressState } from './purchase/handlers/progress.ts';
import { showPurchase } from './purchase/handlers/show-purchase.ts';
import type { OpenedVisit } from './purchase/open-visits.ts';
import { organisationAt } from './purchase/organisation.ts';
import { purchasePage, type ShownPurchase } from './purchase/purchase-page.ts';
import { resolveVisit } from './purchase/resolve-visit.ts';
import { createVisitForms } from './purchase/visit-form.ts';
import type { Entra } from '@landfall/entra-sign-in/entra';
import { signIn } from './sign-in/handlers/sign-in.ts';
import { signOut } from './sign-in/handlers/sign-out.ts';
import { readSignInAnswer } from '@landfall/entra-sign-in/sign-in-answer';
import { finishSignIn } from './sign-in/handlers/signed-in.ts';
import type { Sealer } from '@landfall/entra-sign-in/sealing';
import type { Sessions } from './sign-in/session.ts';
import type { SignInAttempts } from '@landfall/entra-sign-in/sign-in-attempts';
import type { Assets } from './web/assets.ts';
import { switchLanguage } from './web/handlers/language.ts';
import {
  brokenPage,
  notFoundPage,
  TROUBLE_REFRESH_SECONDS,
  unavailablePage,
} from './web/pages/trouble.ts';
import { seeOther, type OwnPath } from './web/paths.ts';
import { personBounds } from './web/person-bounds.ts';
import { securityHeaders } from './web/security-headers.ts';

/** Everything that the routes are composed of. Each handler takes only what it uses. */
export interface AppParts {
  readonly db: Db;
  readonly now: () => Date;
  readonly log: Logger;
  readonly subscriptions: Subscriptions;
  readonly entra: Entra;
  readonly sessions: Sessions;
  readonly attempts: SignInAttempts;
  readonly tokens: Sealer<string>;
  readonly drafts: Drafts;
  readonly confirmations: Confirmations;
  readonly frames: BrandedFrames;
  readonly presentations: Presentations;
}

/** The routes of the service. GET never changes a subscription; every POST needs the person's form key. */
export function createApp(
  parts: AppParts,
  { assets, authorityUrl }: { readonly assets: Assets; readonly authorityUrl: string },
): Hono {
  // Partner Center may hold the address with a slash at the end. Tokens have to arrive there as well.
  const app = new Hono({ strict: false });
  app.use(securityHeaders(authorityUrl));
  assets.mount(app);
  app.use(personBounds((c) => parts.sessions.personOf(c)));
  app.get('/landing/assets/brand/:file', (c) => brandFile(parts, c));
  app.post('/landing/language', switchLanguage);
  mountSignIn(app, parts);
  mountPurchase(app, parts);
  mountRoutes(app, parts, manageRoutes(parts));
  mountErrors(app, parts);
  return app;
}

function mountSignIn(app: Hono, parts: AppParts): void {
  const { entra, attempts } = parts;
  const tenantOf = (c: Context, path: OwnPath) => organisationAt(parts, c, path);
  app.get('/landing/sign-in', (c) => signIn({ entra, attempts, tenantOf }, c));
  app.get('/landing/signed-in', async (c) =>
    finishSignIn(parts, c, await readSignInAnswer({ entra, attempts }, c)),
  );
  app.post('/landing/sign-out', (c) => signOut(parts, c));
}

function mountPurchase(app: Hono, parts: AppParts): void {
  const { db, frames, confirmations, drafts, presentations } = parts;
  const show = {
    db,
    frames,
    resolve: (opened: OpenedVisit) => resolveVisit(parts, opened),
    render: (c: Context, shown: ShownPurchase) => purchasePage(parts, c, shown),
  };
  const forms = { readVisitForm: createVisitForms(parts), confirmations };
  app.get('/landing', (c) => arrive(parts, c));
  app.get('/landing/p/:publisherId{[A-Za-z0-9._-]+}', (c) => arrive(parts, c));
  app.get('/landing/purchase/:visit', (c) =>
    openPurchase(parts, c, (opened) => showPurchase(show, c, opened)),
  );
  app.post('/landing/confirm', (c) => confirm({ ...forms, drafts, presentations }, c));
  app.post('/landing/retry', (c) => retry(forms, c));
  app.get('/landing/progress/:visit', (c) => progress(parts, c));
  app.get('/landing/progress/:visit/state', (c) => progressState(parts, c));
}

/** Addresses that only take forms. A browser can load them again from its address bar or history. */
const FORM_PATHS = [
  '/landing/confirm',
  '/landing/retry',
  '/landing/sign-out',
  '/landing/language',
] as const;

function mountErrors(app: Hono, { frames, log }: Pick<AppParts, 'frames' | 'log'>): void {
  for (const path of FORM_PATHS) app.get(path, (c) => seeOther(c, '/landing'));
  app.notFound((c) => c.html(notFoundPage(frames.of(c)), 404));
  app.onError((error, c) => {
    const frame = frames.of(c);
    // A reload of `signed-in` would send the code of a finished sign-in a second time.
    const isSafeToReload = c.req.method === 'GET' && c.req.path !== '/landing/signed-in';
    const fault = isFault(error) ? error : databaseFault(error);
    if (!fault) {
      log.error({ err: error }, 'failed to make a page');
      return c.html(brokenPage(frame, { isSafeToReload }), 500);
    }
    log.warn({ err: fault }, 'a required service did not answer');
    c.header('retry-after', String(TROUBLE_REFRESH_SECONDS));
    return c.html(unavailablePage(frame, { isSafeToReload }), 503);
  });
}
