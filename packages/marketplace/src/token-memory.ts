import { LRUCache } from 'lru-cache';

/** Microsoft uses one token for about an hour. A thousand are enough even for many senders. */
export const MAX_REMEMBERED_TOKENS = 1_000;

/** Remembers tokens that were already verified. */
export interface TokenMemory<T> {
  recall(fingerprint: string, generation: number): T | undefined;
  remember(
    fingerprint: string,
    value: T,
    validity: { readonly generation: number; readonly until: number },
  ): void;
}

/**
 * Remembers verified values by the fingerprint of their token until `until` (epoch milliseconds), and only
 * for the generation of keys that verified them. Bounded: the least recently used value is removed first.
 */
export function createTokenMemory<T>(now: () => number): TokenMemory<T> {
  const entries = new LRUCache<string, { readonly value: T; readonly until: number }>({
    max: MAX_REMEMBERED_TOKENS,
  });
  let current = -1;

  const keepOnly = (generation: number): void => {
    if (generation !== current) entries.clear();
    current = generation;
  };

  return {
    recall: (fingerprint, generation) => {
      keepOnly(generation);
      const entry = entries.get(fingerprint);
      return entry && now() < entry.until ? entry.value : undefined;
    },
    remember: (fingerprint, value, { generation, until }) => {
      keepOnly(generation);
      entries.set(fingerprint, { value, until });
    },
  };
}
