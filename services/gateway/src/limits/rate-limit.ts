import { LRUCache } from 'lru-cache';

/** Addresses and keys that are remembered. A forgotten one starts with a full bucket, so the bound is generous. */
const MAX_BUCKETS = 50_000;
/** Seconds of the rate in a full bucket: enough for a page with its assets or a program's burst. */
const BURST_SECONDS = 5;

export interface RateLimit {
  /** 0: the call may go on. Otherwise the milliseconds to wait. */
  take(who: string, cost?: number): number;
  /** Returns the cost of a call that should not have been counted. */
  giveBack(who: string): void;
}

/** What a caller has taken here and no other process knows yet. */
export interface Unshared {
  readonly who: string;
  readonly taken: number;
  readonly perSecond: number;
  readonly size: number;
}

/** A limit whose takings can be shared; see `createSharedRates`. */
export interface ShareableLimit extends RateLimit {
  /** Callers whose takings should be shared now. They count as shared until `settle`. */
  unshared(max: number): Unshared[];
  /** `left` is what the shared bucket has. Undefined: sharing has failed, so the takings are shared later. */
  settle(one: Unshared, left: number | undefined): void;
}

/** Takings of a smaller part of the bucket are shared later, so that usual visitors cause no statement. */
const SHARED_PART = 0.1;

interface Bucket {
  tokens: number;
  at: number;
  taken: number;
}

/**
 * A token bucket for each caller, in the memory of this process. It protects the services; it is not a quota for billing.
 */
export function createRateLimit(options: { perSecond: number; now: () => number }): ShareableLimit {
  const { perSecond, now } = options;
  const size = Math.max(1, perSecond * BURST_SECONDS);
  // `max` would reserve the places of all buckets at the start.
  const buckets = new LRUCache<string, Bucket>({ maxSize: MAX_BUCKETS, sizeCalculation: () => 1 });
  /** Callers with takings to share. */
  const busy = new Set<string>();
  const refilled = (bucket: Bucket): Bucket => {
    const at = now();
    const gained = (Math.max(0, at - bucket.at) / 1000) * perSecond;
    bucket.tokens = Math.min(size, bucket.tokens + gained);
    bucket.at = at;
    return bucket;
  };
  return {
    take(who, cost = 1) {
      const bucket = refilled(buckets.get(who) ?? { tokens: size, at: now(), taken: 0 });
      buckets.set(who, bucket);
      // A call that costs more than a whole bucket passes when the bucket is full; otherwise it never would.
      const price = Math.min(cost, size);
      if (bucket.tokens < price) return Math.ceil(((price - bucket.tokens) / perSecond) * 1000);
      bucket.tokens -= price;
      bucket.taken += price;
      if (bucket.taken >= size * SHARED_PART || bucket.tokens < size * (1 - SHARED_PART)) {
        busy.add(who);
      }
      return 0;
    },
    giveBack(who) {
      const bucket = buckets.get(who);
      if (!bucket) return;
      bucket.tokens = Math.min(size, bucket.tokens + 1);
      bucket.taken -= 1;
    },
    unshared(max) {
      const found: Unshared[] = [];
      for (const who of busy) {
        if (found.length === max) break;
        busy.delete(who);
        const bucket = buckets.get(who);
        if (!bucket || bucket.taken <= 0) continue;
        found.push({ who, taken: bucket.taken, perSecond, size });
        bucket.taken = 0;
      }
      return found;
    },
    settle({ who, taken }, left) {
      const bucket = buckets.get(who);
      if (!bucket) return;
      if (left === undefined) {
        bucket.taken += taken;
        busy.add(who);
        return;
      }
      // What was taken meanwhile is not in the shared bucket yet.
      refilled(bucket).tokens = Math.min(size, left - bucket.taken);
    },
  };
}
