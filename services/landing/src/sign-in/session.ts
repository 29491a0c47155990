import type { Context } from 'hono';
import { z } from 'zod';
import { dropCookie, readCookie, writeCookie } from '@landfall/entra-sign-in/cookies';
import { random, sameText } from '@landfall/entra-sign-in/random';
import type { Sealer } from '@landfall/entra-sign-in/sealing';
import type { Db } from '../db/schema.ts';
import { isSessionEnded, recordEndedSession } from '../store/ended-sessions.ts';
import { type Visitor, visitorSchema } from '../web/visitor.ts';
import type { FormKeys } from './form-keys.ts';

/** A working day: long enough to return after lunch, short enough for a shared computer. */
const SESSION_LIFE_MS = 8 * 60 * 60 * 1000;

export const sessionSchema = z.object({
  /** New at every sign-in, which prevents session fixation. */
  id: z.string(),
  /** Part of every form of this person. Other sites and other people cannot know it. */
  formKey: z.string(),
  visitor: visitorSchema,
});

export type Session = z.output<typeof sessionSchema>;

/**
 * A session is stored in an encrypted cookie, which every instance can read. The database stores only the
 * sessions that were ended, until their cookies expire, so that a copied cookie is useless after sign-out.
 */
export interface Sessions {
  read(c: Context): Promise<Session | undefined>;
  /** The person in the cookie, without a database query. For rate limits only, never for access checks. */
  personOf(c: Context): Promise<string | undefined>;
  /** Ends the previous session: every sign-in gets a new one. */
  begin(c: Context, visitor: Visitor): Promise<void>;
  /** Whether a form with this key was shown to the person of the session. */
  isOwnForm(session: Session, formKey: string): boolean;
  end(c: Context): Promise<void>;
}

export function createSessions(deps: {
  readonly sealer: Sealer<Session>;
  readonly formKeys: FormKeys;
  readonly db: Db;
  readonly now: () => Date;
}): Sessions {
  const { sealer, formKeys, db, now } = deps;
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
    personOf: async (c) => {
      const session = await sealer.open(readCookie(c, 'landfall-session'));
      return session && `${session.visitor.tenantId}/${session.visitor.objectId}`;
    },
    end,
    // Sessions that began under an older release have their own key.
    isOwnForm: ({ formKey, visitor }, key) => sameText(formKey, key) || formKeys.isOf(visitor, key),
    async begin(c, visitor) {
      await end(c);
      const value = await sealer.seal(
        { id: random(), formKey: formKeys.of(visitor), visitor },
        { expiresAt: lifeEnd() },
      );
      writeCookie(c, 'landfall-session', { value, maxAgeMs: SESSION_LIFE_MS });
    },
  };
}
