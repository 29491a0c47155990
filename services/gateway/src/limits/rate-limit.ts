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

/**
 * A token bucket for each caller, in the memory of this process, so with N instances a caller may get up to N times the
 * rate. It protects the services; it is not a quota for billing.
 */
export function createRateLimit(options: { perSecond: number; now: () => number }): RateLimit {
  const { perSecond, now } = options;
  const size = Math.max(1, perSecond * BURST_SECONDS);
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: MAX_BUCKETS });
  return {
    take(who, cost = 1) {
      const at = now();
      const bucket = buckets.get(who) ?? { tokens: size, at };
      const gained = (Math.max(0, at - bucket.at) / 1000) * perSecond;
      bucket.tokens = Math.min(size, bucket.tokens + gained);
      bucket.at = at;
      buckets.set(who, bucket);
      // A call that costs more than a whole bucket passes when the bucket is full; otherwise it never would.
      const price = Math.min(cost, size);
      if (bucket.tokens < price) return Math.ceil(((price - bucket.tokens) / perSecond) * 1000);
      bucket.tokens -= price;
      return 0;
    },
    giveBack(who) {
      const bucket = buckets.get(who);
      if (bucket) bucket.tokens = Math.min(size, bucket.tokens + 1);
    },
  };
}
