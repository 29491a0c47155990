import type { Context } from 'hono';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import type { Db } from '../../db/schema.ts';
import { recordEvent } from '../../store/events.ts';
import type { Frames } from '../../web/frames.ts';
import { unavailablePage } from '../../web/pages/trouble.ts';
import { ownPath, seeOther, type OwnPath } from '../../web/paths.ts';
import type { Visitor } from '../../web/visitor.ts';
import { CONSENT_ERRORS, type Entra, type SignInApp } from '../entra.ts';
import { consentPage, startAgainPage } from '../pages/sign-in-trouble.ts';
import type { Sessions } from '../session.ts';
import type { SignInAttempts } from '../sign-in-attempts.ts';
import { rememberTenant } from './sign-in.ts';

/** Errors with which Entra reports that it cannot answer at the moment. */
const PASSING_ERRORS = new Set(['server_error', 'temporarily_unavailable']);

/** How a sign-in ended. `problem` is a code of ours or of the protocol. */
export type SignInOutcome =
  | {
      readonly kind: 'signed-in';
      readonly visitor: Visitor;
      readonly back: OwnPath;
      readonly tenant: string | undefined;
    }
  | {
      readonly kind: 'consent-needed';
      readonly problem: string;
      readonly back: OwnPath;
      readonly app: SignInApp;
    }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly back: OwnPath }
  | { readonly kind: 'failed'; readonly problem: string }
  /** The answer belongs to no open attempt of this browser. */
  | { readonly kind: 'unexpected' };

/** Reads Entra's answer to `GET /landing/signed-in` and redeems its code. */
export async function readSignInAnswer(
  { entra, attempts }: { readonly entra: Entra; readonly attempts: SignInAttempts },
  c: Context,
): Promise<SignInOutcome> {
  const { state, code, error } = c.req.query();
  const attempt = await attempts.finish(c, state);
  if (!attempt) return { kind: 'unexpected' };
  const back = ownPath(attempt.back);
  const consentNeeded = (problem: string) =>
    ({ kind: 'consent-needed', problem, back, app: entra.app }) as const;
  if (error && CONSENT_ERRORS.has(error)) return consentNeeded(error);
  if (error && PASSING_ERRORS.has(error)) return { kind: 'unavailable', problem: error, back };
  if (error || !code) return { kind: 'failed', problem: 'answer' };

  const redeemed = await entra.redeem(code, attempt);
  if ('visitor' in redeemed) {
    return { kind: 'signed-in', visitor: redeemed.visitor, back, tenant: attempt.tenant };
  }
  const { problem } = redeemed;
  return problem === 'consent_required' ? consentNeeded(problem) : { kind: 'failed', problem };
}

export interface SignedInDeps {
  readonly sessions: Pick<Sessions, 'begin' | 'read'>;
  readonly frames: Frames;
  readonly db: Db;
  readonly log: Logger;
}

/** Begins the session, or shows why sign-in did not succeed. */
export async function finishSignIn(
  deps: SignedInDeps,
  c: Context,
  outcome: SignInOutcome,
): Promise<Response> {
  const { sessions, frames, db, log } = deps;
  switch (outcome.kind) {
    case 'signed-in': {
      const { visitor, back, tenant } = outcome;
      await sessions.begin(c, visitor);
      rememberTenant(c, tenant);
      const event = { kind: 'visitor.signedIn', visitor, correlationId: correlationId() } as const;
      await recordEvent(db, event);
      return seeOther(c, back);
    }
    case 'consent-needed': {
      await recordFailure(deps, outcome.problem);
      return c.html(consentPage({ ...frames.of(c), here: outcome.back }, outcome.app), 403);
    }
    case 'unavailable': {
      log.warn({ authorityError: outcome.problem }, 'sign-in provider returned an error');
      const frame = { ...frames.of(c), here: outcome.back };
      return c.html(unavailablePage(frame, { isSafeToReload: false }), 503);
    }
    case 'failed':
      return startAgain(deps, c, outcome.problem);
    default: {
      // The back button leads a person who is signed in here again. Nothing is redeemed a second time.
      if (!(await sessions.read(c))) return startAgain(deps, c, 'state');
      await recordFailure(deps, 'state');
      return seeOther(c, '/landing');
    }
  }
}

async function startAgain(deps: SignedInDeps, c: Context, problem: string): Promise<Response> {
  await recordFailure(deps, problem);
  return c.html(startAgainPage(deps.frames.of(c)), 400);
}

/** Records only the code: Entra's description of the error may contain a person's name. */
async function recordFailure(
  { db, log }: Pick<SignedInDeps, 'db' | 'log'>,
  problem: string,
): Promise<void> {
  log.warn({ problem }, 'sign-in refused');
  await recordEvent(db, {
    kind: 'signIn.failed',
    detail: problem,
    correlationId: correlationId(),
  });
}
