import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { scopes as allScopes, type Scope } from '@landfall/contracts/scopes';
import type { Logger } from '@landfall/service-kit/log';
import { hashSecret, parseApiKey } from './api-key.ts';
import { findKey, keyState, touchKey, type ApiKeyRow } from '../store/keys.ts';
import type { Db } from '../db/schema.ts';

/** A revoked key stops working within this time, on every instance. */
const CACHE_MS = 2_000;
/** Room for the keys in use and for strangers' guesses, which are cached too. */
const MAX_CACHED = 5_000;
/** A precision of one minute is enough to find unused keys and saves a write for each call. */
const TOUCH_INTERVAL_MS = 60_000;
/** How old a cached key must be before a wrong secret is checked against the database again: it may have been rotated. */
const RECHECK_MS = 100;
/** Compared with if the key does not exist, so that the check takes the same time. */
const NO_HASH = hashSecret('');

export interface KeyHolder {
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** The one publisher that the key is limited to. */
  readonly publisherId: string | undefined;
}

export interface KeyRing {
  /**
   * The holder of the key in an Authorization header; undefined if the key is missing, malformed, unknown, wrong,
   * expired or revoked. Throws the fault `database.unavailable`.
   */
  holderOf(authorization: string | undefined): Promise<KeyHolder | undefined>;
  /** Drops what is cached of a key that was changed here. */
  forget(keyId: string): void;
}

/** Looks keys up in Postgres and caches them for a moment. Concurrent callers share one look-up. */
export function createKeyRing(deps: { db: Db; log: Logger; now: () => Date }): KeyRing {
  const { db, log, now } = deps;
  const cached = { max: MAX_CACHED, ttlResolution: 0, perf: { now: () => now().getTime() } };
  const cache = new LRUCache<string, Promise<ApiKeyRow | undefined>>({ ...cached, ttl: CACHE_MS });
  const touched = new LRUCache<string, true>({ ...cached, ttl: TOUCH_INTERVAL_MS });

  const lookUp = (id: string): Promise<ApiKeyRow | undefined> => {
    const known = cache.get(id);
    if (known) return known;
    const row = findKey(db, id);
    row.catch(() => cache.delete(id));
    cache.set(id, row);
    return row;
  };

  const touch = (id: string): void => {
    if (touched.has(id)) return;
    touched.set(id, true);
    touchKey(db, id, now()).catch((err: unknown) =>
      log.warn({ err }, 'could not store the last use of a key'),
    );
  };

  return {
    forget: (keyId) => void cache.delete(keyId),
    async holderOf(authorization) {
      const text = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
      const key = text === undefined ? undefined : parseApiKey(text);
      if (!key) return undefined;
      const hash = hashSecret(key.secret);
      let row = await lookUp(key.id);
      if (!isRight(hash, row, now())) {
        if (CACHE_MS - cache.getRemainingTTL(key.id) < RECHECK_MS) return undefined;
        cache.delete(key.id);
        row = await lookUp(key.id);
      }
      if (!row || !isRight(hash, row, now())) return undefined;
      touch(key.id);
      return {
        keyId: row.id,
        scopes: allScopes.filter((scope) => row.scopes.includes(scope)),
        publisherId: row.publisherId ?? undefined,
      };
    },
  };
}

/** Whether the secret is the key's, or its former one during a rotation, and the key works now. */
function isRight(hash: Buffer, row: ApiKeyRow | undefined, now: Date): boolean {
  const isCurrent = timingSafeEqual(hash, row?.secretHash ?? NO_HASH);
  const isFormer = timingSafeEqual(hash, row?.formerSecretHash ?? NO_HASH);
  if (!row) return false;
  const state = keyState(row, now);
  if (state === 'revoked' || state === 'expired') return false;
  return isCurrent || (isFormer && state === 'rotating');
}
