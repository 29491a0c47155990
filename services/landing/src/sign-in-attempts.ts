import type { Context } from 'hono';
import { z } from 'zod';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import type { OwnPath } from './paths.ts';
import type { Sealer } from './sealing.ts';
import { random, sameText } from './session.ts';

/** Entra gives up on a sign-in page after about this time. */
const ATTEMPT_LIFE_MS = 60 * 60 * 1000;
/** Tabs that sign in at the same time; more would outgrow the cookie. */
const MAX_ATTEMPTS = 5;

export const attemptsSchema = z.array(
  z.object({
    state: z.string(),
    nonce: z.string(),
    codeVerifier: z.string(),
    /** Own path to which the person comes back; a sign-in begun under an older release names none. */
    back: z.string().default('/landing'),
  }),
);

export type SignInAttempt = z.output<typeof attemptsSchema>[number];

/**
 * Sign-ins that this browser has begun. `state` and `nonce` are random and tie the authority's answer
 * to this browser; they carry nothing, least of all the purchase token.
 */
export interface SignInAttempts {
  begin(c: Context, back: OwnPath): Promise<SignInAttempt>;
  /** The attempt that an answer belongs to, once: a repeated or foreign `state` finds none. */
  finish(c: Context, state: string | undefined): Promise<SignInAttempt | undefined>;
}

export function createSignInAttempts(
  sealer: Sealer<readonly SignInAttempt[]>,
  now: () => Date,
): SignInAttempts {
  const read = async (c: Context) => (await sealer.open(readCookie(c, 'landfall-sign-in'))) ?? [];
  const write = async (c: Context, attempts: readonly SignInAttempt[]) => {
    if (attempts.length === 0) return dropCookie(c, 'landfall-sign-in');
    const expiresAt = new Date(now().getTime() + ATTEMPT_LIFE_MS);
    const value = await sealer.seal(attempts, { expiresAt });
    return writeCookie(c, 'landfall-sign-in', { value, maxAgeMs: ATTEMPT_LIFE_MS });
  };
  return {
    async begin(c, back) {
      const attempt = { back, state: random(), nonce: random(), codeVerifier: random() };
      await write(c, [...(await read(c)), attempt].slice(-MAX_ATTEMPTS));
      return attempt;
    },
    async finish(c, state) {
      const attempts = await read(c);
      const found = state ? attempts.find((one) => sameText(one.state, state)) : undefined;
      if (found)
        await write(
          c,
          attempts.filter((one) => one !== found),
        );
      return found;
    },
  };
}
