import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import { isSessionEnded, recordEndedSession } from './ended-sessions.ts';
import { visitorSchema, type Visitor } from './id-token.ts';
import type { Sealer } from './sealing.ts';
import type { Db } from './store.ts';

/** A working day: long enough to come back after lunch, short enough for a shared computer. */
const SESSION_LIFE_MS = 8 * 60 * 60 * 1000;

export const sessionSchema = z.object({
  /** New at every sign-in, so that nobody can plant a session and wait for somebody to sign in to it. */
  id: z.string(),
  /** Put into every form; a form of another site or another session cannot know it. */
  formKey: z.string(),
  visitor: visitorSchema,
});

export type Session = z.output<typeof sessionSchema>;

/**
 * Sessions live in an encrypted cookie: any instance reads them. Only those that were ended are kept,
 * until their cookies are over, so that a copy of the cookie is worth nothing after sign-out.
 */
export interface Sessions {
  read(c: Context): Promise<Session | undefined>;
  /** Ends the session before it: each sign-in has one of its own. */
  begin(c: Context, visitor: Visitor): Promise<void>;
  end(c: Context): Promise<void>;
}

export function createSessions(deps: {
  readonly sealer: Sealer<Session>;
  readonly db: Db;
  readonly now: () => Date;
}): Sessions {
  const { sealer, db, now } = deps;
  const lifeEnd = () => new Date(now().getTime() + SESSION_LIFE_MS);
  const read = async (c: Context) => {
    const session = await sealer.open(readCookie(c, 'landfall-session'));
    return session && !(await isSessionEnded(db, session.id)) ? session : undefined;
  };
  const end = async (c: Context) => {
    const session = await read(c);
    if (session) await recordEndedSession(db, session.id, lifeEnd());
    dropCookie(c, 'landfall-session');
  };
  return {
    read,
    end,
    async begin(c, visitor) {
      await end(c);
      const value = await sealer.seal(
        { id: random(), formKey: random(), visitor },
        { expiresAt: lifeEnd() },
      );
      writeCookie(c, 'landfall-session', { value, maxAgeMs: SESSION_LIFE_MS });
    },
  };
}

/** 256 bits: nothing to guess. */
export function random(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
