import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { dropCookie, readCookie, writeCookie } from './cookies.ts';
import { visitorSchema, type Visitor } from './id-token.ts';
import type { Sealer } from './sealing.ts';

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

/** Sessions live in an encrypted cookie: any instance reads them, none keeps them. */
export interface Sessions {
  read(c: Context): Promise<Session | undefined>;
  begin(c: Context, visitor: Visitor): Promise<void>;
  end(c: Context): void;
}

export function createSessions(sealer: Sealer<Session>, now: () => Date): Sessions {
  return {
    read: (c) => sealer.open(readCookie(c, 'landfall-session')),
    async begin(c, visitor) {
      const session = { id: random(), formKey: random(), visitor };
      const expiresAt = new Date(now().getTime() + SESSION_LIFE_MS);
      const value = await sealer.seal(session, { expiresAt });
      writeCookie(c, 'landfall-session', { value, maxAgeMs: SESSION_LIFE_MS });
    },
    end: (c) => dropCookie(c, 'landfall-session'),
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
