import type { Context } from 'hono';
import { CONSENT_ERRORS, type Entra, type SignInApp } from './entra.ts';
import type { Person } from './id-token.ts';
import type { SignInAttempt, SignInAttempts } from './sign-in-attempts.ts';

/** Errors with which Entra reports that it cannot answer at the moment. */
const PASSING_ERRORS = new Set(['server_error', 'temporarily_unavailable']);

/** How a sign-in ended. `problem` is a code of ours or of the protocol. */
export type SignInOutcome =
  | {
      readonly kind: 'signed-in';
      readonly person: Person;
      readonly attempt: SignInAttempt;
    }
  | {
      readonly kind: 'consent-needed';
      readonly problem: string;
      readonly back: string;
      readonly app: SignInApp;
    }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly back: string }
  | { readonly kind: 'failed'; readonly problem: string }
  /** The answer belongs to no open attempt of this browser. */
  | { readonly kind: 'unexpected' };

/** Reads Entra's answer to the redirect URI and redeems its code. */
export async function readSignInAnswer(
  { entra, attempts }: { readonly entra: Entra; readonly attempts: SignInAttempts },
  c: Context,
): Promise<SignInOutcome> {
  const { state, code, error } = c.req.query();
  const attempt = await attempts.finish(c, state);
  if (!attempt) return { kind: 'unexpected' };
  const { back } = attempt;
  const consentNeeded = (problem: string) =>
    ({ kind: 'consent-needed', problem, back, app: entra.app }) as const;
  if (error && CONSENT_ERRORS.has(error)) return consentNeeded(error);
  if (error && PASSING_ERRORS.has(error)) return { kind: 'unavailable', problem: error, back };
  if (error || !code) return { kind: 'failed', problem: 'answer' };

  const redeemed = await entra.redeem(code, attempt);
  if ('person' in redeemed) return { kind: 'signed-in', person: redeemed.person, attempt };
  const { problem } = redeemed;
  return problem === 'consent_required' ? consentNeeded(problem) : { kind: 'failed', problem };
}
