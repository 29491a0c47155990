import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import type { Call } from '@landfall/contracts/procedures';
import { dropCookie, readCookie, writeCookie } from '@landfall/entra-sign-in/cookies';
import type { Entra } from '@landfall/entra-sign-in/entra';
import { RANDOM } from '@landfall/entra-sign-in/random';
import { readSignInAnswer, type SignInOutcome } from '@landfall/entra-sign-in/sign-in-answer';
import type { SignInAttempts } from '@landfall/entra-sign-in/sign-in-attempts';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import { COMMAND_HEADER, isSameOrigin, SESSION_COOKIE } from '../api/admission.ts';
import type { Db } from '../db/schema.ts';
import { hashSecret } from '../keys/api-key.ts';
import type { Audit } from '../audit/recorder.ts';
import type { PersonIds } from '../store/operators.ts';
import { isInvitationOpen } from '../store/sessions.ts';
import {
  acceptPerson,
  type AcceptRules,
  type GivenByInvitation,
  type PersonProblem,
} from './accept-person.ts';
import { noScopes } from './caller.ts';
import {
  invitationPage,
  notePage,
  refusedPage,
  signedOutPage,
  signInPage,
  startAgainPage,
} from '../console/pages/notes.ts';
import type { ConsoleContext, ConsoleEnv } from '../console/page-session.ts';
import { CONSOLE_PATH, returnPath } from '../console/return-path.ts';
import { SESSION_LIFE_MS, type OperatorSessions } from './sessions.ts';

/** Sign-in with Entra, or the settings that are missing for it. */
export type SignInSetup =
  | { readonly entra: Entra; readonly attempts: SignInAttempts; readonly rules: AcceptRules }
  | { readonly missing: readonly string[] };

export interface SignInParts {
  readonly setup: SignInSetup;
  readonly sessions: Pick<OperatorSessions, 'begin' | 'end' | 'find' | 'forget'>;
  readonly db: Db;
  readonly audit: Pick<Audit, 'record'>;
  /** The caller's address. */
  readonly addressOf: (req: IncomingMessage) => string;
  readonly now: () => Date;
  readonly publicUrl: string;
  readonly authorityUrl: string;
  /** Set on the local stack, which signs a person in with one link. */
  readonly localMarketplaceUrl: string | undefined;
  readonly log: Logger;
}

/** Sign-in, sign-out and invitations, below `/console`. */
export function signInRoutes(parts: SignInParts): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/sign-in', (c) => offerSignIn(parts, c));
  app.get('/sign-in/start', (c) => begin(parts, c, undefined));
  app.get('/signed-in', async (c) => {
    const { setup } = parts;
    if ('missing' in setup) return c.html(signInPage(setup, CONSOLE_PATH), 503);
    return finish(parts, c, await readSignInAnswer(setup, c));
  });
  app.post('/sign-out', (c) => signOut(parts, c));
  app.get('/signed-out', (c) => c.html(signedOutPage()));
  app.get('/invitation', (c) => c.html(invitationPage()));
  app.post('/invitation', (c) => openInvitation(parts, c));
  return app;
}

/** A person who has a session goes on at once. */
async function offerSignIn(
  { setup, sessions, publicUrl }: SignInParts,
  c: ConsoleContext,
): Promise<Response> {
  const to = returnPath(c.req.query('to'), publicUrl);
  const session = await sessions.find(readCookie(c, SESSION_COOKIE));
  return session && session.roles.length > 0 ? c.redirect(to, 303) : c.html(signInPage(setup, to));
}

async function begin(
  { setup, publicUrl, localMarketplaceUrl }: SignInParts,
  c: ConsoleContext,
  invitation: string | undefined,
): Promise<Response> {
  const back = returnPath(c.req.query('to'), publicUrl);
  if ('missing' in setup) return c.html(signInPage(setup, back), 503);
  const attempt = await setup.attempts.begin(c, { back, invitation });
  const askForAccount = c.req.query('account') === 'other';
  const loginHint = localMarketplaceUrl === undefined ? undefined : c.req.query('hint');
  return c.redirect(await setup.entra.authorizeUrl(attempt, { askForAccount, loginHint }), 303);
}

/** The token comes in the body, so that it is in no log. It is used up only after the sign-in. */
async function openInvitation(parts: SignInParts, c: ConsoleContext): Promise<Response> {
  const { db, now, publicUrl } = parts;
  const isOwn = isSameOrigin((name) => c.req.header(name), new URL(publicUrl).origin);
  const token = new URLSearchParams(await c.req.text()).get('invitation')?.trim() ?? '';
  const isOpen =
    isOwn && RANDOM.test(token) && (await isInvitationOpen(db, hashSecret(token), now()));
  return isOpen ? begin(parts, c, token) : c.html(refusedPage('invitation'), isOwn ? 404 : 403);
}

async function finish(
  parts: SignInParts,
  c: ConsoleContext,
  outcome: SignInOutcome,
): Promise<Response> {
  const { setup, sessions, log } = parts;
  if (outcome.kind !== 'signed-in' || 'missing' in setup) {
    const problem = 'problem' in outcome ? outcome.problem : outcome.kind;
    log.warn({ problem }, 'sign-in to the console refused');
    return c.html(startAgainPage(outcome.kind), outcome.kind === 'unavailable' ? 503 : 400);
  }
  const { person, attempt } = outcome;
  const { tenantId, objectId, name } = person;
  const { problem, given } = await acceptPerson(parts, setup.rules, {
    person,
    invitation: attempt.invitation,
  });
  await recordSignIn(parts, c, { tenantId, objectId, problem, given });
  if (problem) {
    log.warn({ problem, operator: `${tenantId}/${objectId}` }, 'sign-in to the console refused');
    return c.html(refusedPage(problem, { tenantId, objectId }), 403);
  }
  // A new sign-in gets a new session, which prevents session fixation.
  await sessions.end(readCookie(c, SESSION_COOKIE));
  sessions.forget();
  const value = await sessions.begin({ tenantId, objectId, ...(name ? { name } : {}) });
  writeCookie(c, SESSION_COOKIE, { value, maxAgeMs: SESSION_LIFE_MS });
  log.info({ operator: `${tenantId}/${objectId}` }, 'signed in to the console');
  return c.redirect(returnPath(attempt.back, parts.publicUrl), 303);
}

/** Sign-ins give access, so they are in the audit log like commands, and so is the role that an invitation gives. */
async function recordSignIn(
  { audit, addressOf, now }: SignInParts,
  c: ConsoleContext,
  signIn: PersonIds & {
    readonly problem: PersonProblem | undefined;
    readonly given: GivenByInvitation | undefined;
  },
): Promise<void> {
  const { problem, given } = signIn;
  const call: Call = {
    caller: noScopes(signIn),
    correlationId: correlationId(),
    deadline: now(),
    from: addressOf(c.env.incoming),
  };
  if (given) {
    await audit.record(call, {
      procedure: 'operators.acceptInvitation',
      input: { publisherId: given.publisherId },
      outcome: 'done',
      change: { before: 'null', after: JSON.stringify(given) },
    });
  }
  const outcome = problem === undefined ? 'done' : `sign-in.${problem}`;
  await audit.record(call, { procedure: 'console.signIn', input: {}, outcome });
}

/** Only the app can do it, because forms cannot send the header of commands. */
async function signOut(parts: SignInParts, c: ConsoleContext): Promise<Response> {
  const isOwn =
    isSameOrigin((name) => c.req.header(name), new URL(parts.publicUrl).origin) &&
    c.req.header(COMMAND_HEADER) === '1';
  if (!isOwn) return c.html(notePage('This was not possible', 'Sign out in the console.'), 403);
  await parts.sessions.end(readCookie(c, SESSION_COOKIE));
  dropCookie(c, SESSION_COOKIE);
  return c.redirect('/console/signed-out', 303);
}
