import type { Context } from 'hono';
import { dropCookie, readCookie, writeCookie } from '../../web/cookies.ts';
import { CONSENT_ERRORS } from '../entra.ts';
import { type Landing } from '../../landing.ts';
import { consentPage, startAgainPage } from '../pages/sign-in-trouble.ts';
import { unavailablePage } from '../../web/pages/trouble.ts';
import { visitsInCookie } from '../../purchase/visit-cookie.ts';
import { isGuid, ownPath, type OwnPath, seeOther, visitOfPath } from '../../web/paths.ts';
import { recordEvent } from '../../store/events.ts';
import { findVisit } from '../../store/visits.ts';
import { organisationOf } from '../../purchase/visitor-relation.ts';
import { correlationId } from '@landfall/service-kit/log';

/** What it answers when it is unwell itself. */
const PASSING_ERRORS = new Set(['server_error', 'temporarily_unavailable']);

/** As long as a purchase can be opened again; it is a preference and proves nothing. */
const TENANT_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

/** `GET /landing/sign-in`: to the authority. Signed-in buyers come back without a click. */
export async function signIn(
  landing: Pick<Landing, 'entra' | 'attempts' | 'db' | 'now' | 'purchases'>,
  c: Context,
): Promise<Response> {
  const { entra, attempts } = landing;
  const back = ownPath(c.req.query('back') ?? '');
  const account = c.req.query('account');
  const tenant = await wantedTenant(landing, c, { account, back });
  const attempt = await attempts.begin(c, { back, tenant });
  const askForAccount = account === 'other' || account === 'organisation';
  return c.redirect(await entra.authorizeUrl(attempt, { askForAccount }), 303);
}

/** A person who once signed in as a member of an organisation does so again, until they ask for another account. */
async function wantedTenant(
  landing: Pick<Landing, 'db' | 'now' | 'purchases'>,
  c: Context,
  { account, back }: { account: string | undefined; back: OwnPath },
): Promise<string | undefined> {
  if (account === 'organisation') return tenantOf(landing, c, back);
  const known = readCookie(c, 'landfall-tenant');
  if (known === undefined) return undefined;
  // Kept again once the sign-in has worked: whoever has lost that account is not led there twice.
  dropCookie(c, 'landfall-tenant');
  return account !== 'other' && isGuid(known) ? known : undefined;
}

/**
 * The tenant that a purchase is for. People with accounts in several tenants (personal accounts, guests) sign in
 * there. Only for a browser that opened the purchase with its token.
 */
async function tenantOf(
  { db, now, purchases }: Pick<Landing, 'db' | 'now' | 'purchases'>,
  c: Context,
  back: OwnPath,
): Promise<string | undefined> {
  const id = visitOfPath(back);
  if (!id || !visitsInCookie(c).includes(id)) return undefined;
  const visit = await findVisit(db, id, now());
  if (!visit?.subscription_id) return undefined;
  const answer = await purchases.get(visit.subscription_id);
  return 'subscription' in answer ? organisationOf(answer.subscription) : undefined;
}

/** `GET /landing/signed-in`: the authority's answer. Only an attempt of this browser is finished. */
export async function signedIn(
  landing: Landing & { readonly app: { clientId: string; adminConsentUrl: string | undefined } },
  c: Context,
): Promise<Response> {
  const { attempts, entra, sessions, frames, app, log } = landing;
  const { state, code, error } = c.req.query();
  const attempt = await attempts.finish(c, state);
  if (!attempt) return unexpected(landing, c);
  const frame = { ...frames.of(c), here: ownPath(attempt.back) };
  if (error && CONSENT_ERRORS.has(error)) {
    await recordFailure(landing, error);
    return c.html(consentPage(frame, app), 403);
  }
  if (error && PASSING_ERRORS.has(error)) {
    log.warn({ authorityError: error }, 'sign-in provider returned an error');
    return c.html(unavailablePage(frame, { isSafeToReload: false }), 503);
  }
  if (error || !code) return failed(landing, c, 'answer');

  const outcome = await entra.redeem(code, attempt);
  if ('problem' in outcome) {
    if (outcome.problem !== 'consent_required') return failed(landing, c, outcome.problem);
    await recordFailure(landing, outcome.problem);
    return c.html(consentPage(frame, app), 403);
  }
  await sessions.begin(c, outcome.visitor);
  rememberTenant(c, attempt.tenant);
  await recordEvent(landing.db, {
    kind: 'visitor.signedIn',
    visitor: outcome.visitor,
    correlation_id: correlationId(),
  });
  return seeOther(c, ownPath(attempt.back));
}

function rememberTenant(c: Context, tenant: string | undefined): void {
  if (tenant) writeCookie(c, 'landfall-tenant', { value: tenant, maxAgeMs: TENANT_LIFE_MS });
}

/** With the back button a person who is signed in gets here again: nothing is redeemed a second time. */
async function unexpected(landing: Landing, c: Context): Promise<Response> {
  if (!(await landing.sessions.read(c))) return failed(landing, c, 'state');
  await recordFailure(landing, 'state');
  return seeOther(c, '/landing');
}

async function failed(landing: Landing, c: Context, problem: string): Promise<Response> {
  await recordFailure(landing, problem);
  return c.html(startAgainPage(landing.frames.of(c)), 400);
}

/** Only codes of ours or of the protocol: the authority's description may name a person. */
async function recordFailure({ db, log }: Landing, problem: string): Promise<void> {
  log.warn({ problem }, 'sign-in refused');
  await recordEvent(db, {
    kind: 'signIn.failed',
    detail: problem,
    correlation_id: correlationId(),
  });
}
