import { LRUCache } from 'lru-cache';
import { random, RANDOM } from '@landfall/entra-sign-in/random';
import type { Logger } from '@landfall/service-kit/log';
import type { Db } from '../db/schema.ts';
import { hashSecret } from '../keys/api-key.ts';
import { rolesOf, type OperatorRow, type PersonIds } from '../store/operators.ts';
import {
  endSession,
  findSession,
  insertSession,
  touchSession,
  type SessionRow,
} from '../store/sessions.ts';

/** A working day. Then Entra decides again whether the person still has access. */
export const SESSION_LIFE_MS = 12 * 60 * 60 * 1000;
/** A lunch break. A session on a computer that was left alone ends. */
export const IDLE_MS = 60 * 60 * 1000;
/** An ended session, or a role that was taken away, stops working within this time on every instance. */
const CACHE_MS = 2_000;
/** Room for the people who work at a time, and for strangers' guesses, which are cached too. */
const MAX_CACHED = 1_000;
/** A precision of one minute is enough to end idle sessions, and saves a write for each call. */
const TOUCH_INTERVAL_MS = 60_000;

/** A session that is open, with the roles that the person has now. */
export interface OpenSession extends PersonIds {
  readonly name: string | null;
  readonly roles: readonly OperatorRow[];
  readonly expiresAt: Date;
}

/** Sessions of people. The cookie has a random token; the database has its hash. */
export interface OperatorSessions {
  /** Returns the token for the cookie. */
  begin(person: PersonIds & { readonly name?: string }): Promise<string>;
  /** Undefined if the token belongs to no open session. Throws the fault `database.unavailable`. */
  find(token: string | undefined): Promise<OpenSession | undefined>;
  end(token: string | undefined): Promise<void>;
  /** Drops everything cached, after a change of roles or sessions here. */
  forget(): void;
  /** Sessions that were last used before this time have ended. */
  idleSince(): Date;
}

export function createOperatorSessions(deps: {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
}): OperatorSessions {
  const { db, log, now } = deps;
  const cached = { max: MAX_CACHED, ttlResolution: 0, perf: { now: () => now().getTime() } };
  const cache = new LRUCache<string, Promise<(SessionRow & OpenSession) | undefined>>({
    ...cached,
    ttl: CACHE_MS,
  });
  const touched = new LRUCache<string, true>({ ...cached, ttl: TOUCH_INTERVAL_MS });
  const idleSince = () => new Date(now().getTime() - IDLE_MS);

  const lookUp = (token: string) => {
    const known = cache.get(token);
    if (known) return known;
    const found = loadSession(db, token);
    found.catch(() => cache.delete(token));
    cache.set(token, found);
    return found;
  };

  const touch = (token: string): void => {
    if (touched.has(token)) return;
    touched.set(token, true);
    touchSession(db, hashSecret(token), now()).catch((err: unknown) =>
      log.warn({ err }, 'could not store the last use of a session'),
    );
  };

  return {
    async begin({ tenantId, objectId, name = '' }) {
      const token = random();
      const at = now();
      await insertSession(db, {
        tokenHash: hashSecret(token),
        tenantId,
        objectId,
        name: name || null,
        createdAt: at,
        lastSeenAt: at,
        expiresAt: new Date(at.getTime() + SESSION_LIFE_MS),
      });
      return token;
    },
    async find(token) {
      if (token === undefined || !RANDOM.test(token)) return undefined;
      const session = await lookUp(token);
      if (!session || session.expiresAt <= now()) return undefined;
      // `touched` is newer than a cached row.
      if (session.lastSeenAt <= idleSince() && !touched.has(token)) return undefined;
      touch(token);
      return session;
    },
    async end(token) {
      if (token === undefined || !RANDOM.test(token)) return;
      await endSession(db, hashSecret(token));
      cache.delete(token);
    },
    forget: () => cache.clear(),
    idleSince,
  };
}

async function loadSession(db: Db, token: string): Promise<(SessionRow & OpenSession) | undefined> {
  const row = await findSession(db, hashSecret(token));
  if (!row) return undefined;
  return { ...row, roles: await rolesOf(db, row) };
}
