import { Fault } from '@landfall/domain/fault';
import { importJWK, type CryptoKey } from 'jose';
import { isObject, listItems } from './read.ts';

/** Entra may rotate its keys at any time and recommends a daily refresh. This is twice as often. */
export const KEYS_REFRESH_AFTER_MS = 12 * 60 * 60_000;

/** Keys that could not be refreshed for three days are no longer trusted. */
export const KEYS_MAX_AGE_MS = 72 * 60 * 60_000;

/** Unknown key ids cause at most one request in this time, so that forged tokens cannot flood the authority. */
export const UNKNOWN_KEY_WINDOW_MS = 10_000;

/** For this long after a failed request, callers get the fault at once. */
export const KEYS_BACK_OFF_MS = 1_000;

/** A notification must be answered within ten seconds. Fetching keys may take three of them. */
export const KEYS_TIMEOUT_MS = 3_000;

/** The cached keys of an authority. */
export interface SigningKeys {
  /**
   * The key with this id; undefined if the authority was asked for this call and has no such key. Throws the
   * fault `keys.unavailable` if the authority cannot be asked, or was asked too recently: the key may have
   * been published since.
   */
  find(keyId: string): Promise<CryptoKey | undefined>;
  /** Changes whenever the set of keys changes. Tokens verified before must then be verified again. */
  generation(): number;
}

export interface SigningKeysOptions {
  /** Key sets that belong together, such as those for v1 and v2 tokens. They are merged by key id. */
  readonly urls: readonly string[];
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** Caches the RS256 keys of an authority. It refreshes them regularly, and when a key id is unknown. */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { now } = options;
  let held: readonly (KeySet | undefined)[] = [];
  let keys: ReadonlyMap<string, CryptoKey> = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let isComplete = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  let isDown = false;
  let askedForUnknownAt = Number.NEGATIVE_INFINITY;
  let fingerprint = '';
  let generation = 0;
  let inFlight: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    const sets = await Promise.all(options.urls.map((url) => fetchSet(url, options.fetch)));
    if (sets.every((set) => set === undefined)) {
      failedAt = now();
      isDown = true;
      throw unavailable();
    }
    isComplete = !sets.includes(undefined);
    // If one set cannot be fetched, its known keys stay for a while, so that its outage refuses no tokens.
    held = await Promise.all(
      sets.map(async (set, index) => (set ? keySet(set, now()) : held[index])),
    );
    const trusted = held.flatMap((set) =>
      set && now() - set.fetchedAt <= KEYS_MAX_AGE_MS ? [set] : [],
    );
    keys = new Map(trusted.flatMap((set) => [...set.keys]));
    fetchedAt = now();
    isDown = false;
    const found = JSON.stringify(trusted.map((set) => set.fingerprint));
    if (found !== fingerprint) {
      fingerprint = found;
      generation += 1;
    }
  };

  const refreshOnce = (): Promise<void> => {
    if (!inFlight && now() < failedAt + KEYS_BACK_OFF_MS) return Promise.reject(unavailable());
    inFlight ??= refresh().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };

  return {
    generation: () => generation,
    find: async (keyId) => {
      const before = fetchedAt;
      const age = now() - fetchedAt;
      if (age > KEYS_MAX_AGE_MS) await refreshOnce();
      else if (age > KEYS_REFRESH_AFTER_MS) refreshOnce().catch(() => undefined);
      const known = keys.get(keyId);
      if (known) return known;

      const wasJustFetched = fetchedAt !== before;
      const waitMs = askedForUnknownAt + UNKNOWN_KEY_WINDOW_MS - now();
      if (inFlight) {
        await inFlight;
      } else if (!wasJustFetched) {
        if (waitMs > 0) throw unavailable(waitMs);
        askedForUnknownAt = now();
        await refreshOnce();
      }
      const found = keys.get(keyId);
      if (!found && (isDown || !isComplete)) throw unavailable();
      return found;
    },
  };
}

interface RsaKey {
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** The keys from one URL, and when they were fetched. */
interface KeySet {
  readonly keys: ReadonlyMap<string, CryptoKey>;
  readonly fetchedAt: number;
  readonly fingerprint: string;
}

async function keySet(keys: readonly RsaKey[], fetchedAt: number): Promise<KeySet> {
  const fingerprint = keys.map((key) => `${key.kid} ${key.e} ${key.n}`).toSorted();
  return { keys: await importAll(keys), fetchedAt, fingerprint: fingerprint.join() };
}

/** The RSA signing keys at a URL; undefined if they cannot be fetched. */
async function fetchSet(url: string, send: typeof fetch): Promise<readonly RsaKey[] | undefined> {
  try {
    const signal = AbortSignal.timeout(KEYS_TIMEOUT_MS);
    const response = await send(url, { redirect: 'error', signal });
    if (!response.ok) return undefined;
    const keys = listItems(await response.json(), 'keys').filter(isSigningKey);
    return keys.length === 0 ? undefined : keys;
  } catch {
    return undefined;
  }
}

function isSigningKey(key: unknown): key is RsaKey {
  return (
    isObject(key) &&
    key['kty'] === 'RSA' &&
    (key['use'] === undefined || key['use'] === 'sig') &&
    (key['alg'] === undefined || key['alg'] === 'RS256') &&
    ['kid', 'n', 'e'].every((name) => typeof key[name] === 'string')
  );
}

async function importAll(keys: readonly RsaKey[]): Promise<ReadonlyMap<string, CryptoKey>> {
  const imported = new Map<string, CryptoKey>();
  for (const { kid, n, e } of keys) {
    const key = await importJWK({ kty: 'RSA', n, e }, 'RS256').catch(() => undefined);
    if (key !== undefined && !(key instanceof Uint8Array)) imported.set(kid, key);
  }
  return imported;
}

function unavailable(retryAfterMs = KEYS_BACK_OFF_MS): Fault {
  return new Fault('keys.unavailable', "The authority's signing keys cannot be fetched", {
    retry: 'later',
    retryAfterMs,
  });
}
