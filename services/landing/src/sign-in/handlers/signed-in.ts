import type { Context } from 'hono';
import type { SignInOutcome } from '@landfall/entra-sign-in/sign-in-answer';
import { correlationId, type Logger } from '@landfall/service-kit/log';
import type { Db } from '../../db/schema.ts';
import { recordEvent } from '../../store/events.ts';
import type { Frames } from '../../web/frames.ts';
import { unavailablePage } from '../../web/pages/trouble.ts';
import { ownPath, seeOther } from '../../web/paths.ts';
import { visitorOf } from '../../web/visitor.ts';
import { consentPage, startAgainPage } from '../pages/sign-in-trouble.ts';
import type { Sessions } from '../session.ts';
import { rememberTenant } from './sign-in.ts';

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
      const { person, attempt } = outcome;
      const visitor = visitorOf(person);
      await sessions.begin(c, visitor);
      rememberTenant(c, attempt.tenant);
      const event = { kind: 'visitor.signedIn', visitor, correlationId: correlationId() } as const;
      await recordEvent(db, event);
      return seeOther(c, ownPath(attempt.back));
    }
    case 'consent-needed': {
      await recordFailure(deps, outcome.problem);
      return c.html(
        consentPage({ ...frames.of(c), here: ownPath(outcome.back) }, outcome.app),
        403,
      );
    }
    case 'unavailable': {
      log.warn({ authorityError: outcome.problem }, 'sign-in provider returned an error');
      const frame = { ...frames.of(c), here: ownPath(outcome.back) };
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
