import type { Context } from 'hono';
import { CONSENT_ERRORS } from '../entra.ts';
import { seeOther, type Landing } from '../landing.ts';
import { consentPage, startAgainPage } from '../pages/sign-in-trouble.ts';
import { unavailablePage } from '../pages/trouble.ts';
import { ownPath } from '../paths.ts';
import { recordEvent } from '../store.ts';
import { correlationId } from '@landfall/service-kit/log.ts';

/** What it answers when it is unwell itself. */
const PASSING_ERRORS = new Set(['server_error', 'temporarily_unavailable']);

/** `GET /landing/sign-in`: to the authority. Signed-in buyers come back without a click. */
export async function signIn(
  { entra, attempts }: Pick<Landing, 'entra' | 'attempts'>,
  c: Context,
): Promise<Response> {
  const attempt = await attempts.begin(c, ownPath(c.req.query('back') ?? ''));
  const askForAccount = c.req.query('account') === 'other';
  return c.redirect(await entra.authorizeUrl(attempt, { askForAccount }), 303);
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
    log.warn({ authorityError: error }, 'the sign-in service is unwell');
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
  await recordEvent(landing.db, {
    kind: 'visitor.signedIn',
    visitor: outcome.visitor,
    correlation_id: correlationId(),
  });
  return seeOther(c, ownPath(attempt.back));
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
