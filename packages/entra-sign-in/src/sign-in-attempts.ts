import type { Context } from 'hono';
import { z } from 'zod';
import { cookiesWithPrefix, dropCookie, readCookie, writeCookie } from './cookies.ts';
import { random, RANDOM, sameText } from './random.ts';
import type { Sealer } from './sealing.ts';

/** Entra's sign-in page expires after about this time. */
const ATTEMPT_LIFE_MS = 60 * 60 * 1000;
/** Sign-ins in parallel tabs. Each one adds up to a kilobyte to the headers of every request. */
const MAX_ATTEMPTS = 5;

/** A cookie holds one attempt. Older releases kept the attempts of all tabs in one cookie, which is still read. */
export const attemptsSchema = z.array(
  z.object({
    state: z.string(),
    nonce: z.string(),
    codeVerifier: z.string(),
    /** The path to return to. Sign-ins that began under an older release of the landing page have none. */
    back: z.string().default('/landing'),
    /** The tenant to sign in to. Absent: any Microsoft account. */
    tenant: z.string().optional(),
    /** The invitation that the person opened. */
    invitation: z.string().optional(),
  }),
);

export type SignInAttempt = z.output<typeof attemptsSchema>[number];

/**
 * The sign-ins that this browser has begun. `state` and `nonce` are random and tie Entra's answer to this
 * browser. They contain no data, in particular no purchase token.
 */
export interface SignInAttempts {
  begin(
    c: Context,
    leading: Pick<SignInAttempt, 'back' | 'tenant' | 'invitation'>,
  ): Promise<SignInAttempt>;
  /** Returns the attempt of an answer once. A repeated or unknown `state` finds nothing. */
  finish(c: Context, state: string | undefined): Promise<SignInAttempt | undefined>;
}

export function createSignInAttempts(options: {
  readonly sealer: Sealer<readonly SignInAttempt[]>;
  /** Beginning of the cookies' names: one cookie per attempt, so that tabs do not overwrite each other's cookies. */
  readonly cookie: string;
  readonly now: () => Date;
}): SignInAttempts {
  const { sealer, cookie, now } = options;
  const cookieOf = (state: string) => `${cookie}-${state.slice(0, 8)}`;
  return {
    async begin(c, leading) {
      const attempt = { ...leading, state: random(), nonce: random(), codeVerifier: random() };
      const others = cookiesWithPrefix(c, `${cookie}-`);
      for (const name of others.slice(0, Math.max(0, others.length - MAX_ATTEMPTS + 1))) {
        dropCookie(c, name);
      }
      const expiresAt = new Date(now().getTime() + ATTEMPT_LIFE_MS);
      const value = await sealer.seal([attempt], { expiresAt });
      writeCookie(c, cookieOf(attempt.state), { value, maxAgeMs: ATTEMPT_LIFE_MS });
      return attempt;
    },
    async finish(c, state) {
      if (!state || !RANDOM.test(state)) return undefined;
      for (const name of [cookieOf(state), cookie]) {
        // Two cookies, usually the first one matches.
        const attempts = await sealer.open(readCookie(c, name));
        const found = attempts?.find((one) => sameText(one.state, state));
        if (!found) continue;
        dropCookie(c, name);
        return found;
      }
      return undefined;
    },
  };
}
