/** Addresses and keys seen of late. Who is forgotten starts with a full bucket, so the bound is generous. */
const MAX_BUCKETS = 50_000;
/** A full bucket holds this many seconds of the rate: a page with its assets, a program's burst. */
const BURST_SECONDS = 5;

export interface RateLimit {
  /** 0: go on. Else the milliseconds after which the call is welcome. */
  take(who: string, cost?: number): number;
  /** A call that need not have been counted. */
  giveBack(who: string): void;
}

/**
 * A token bucket for each caller, in this process' memory: with N instances a caller may get up to N
 * times the rate. It protects the house; it is no quota to bill by.
 */
export function createRateLimit(options: { perSecond: number; now: () => number }): RateLimit {
  const { perSecond, now } = options;
  const size = Math.max(1, perSecond * BURST_SECONDS);
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(who, cost = 1) {
      const at = now();
      const bucket = buckets.get(who) ?? { tokens: size, at };
      const gained = (Math.max(0, at - bucket.at) / 1000) * perSecond;
      bucket.tokens = Math.min(size, bucket.tokens + gained);
      bucket.at = at;
      // Put back at the end: the first one of the map is the one not seen for the longest time.
      buckets.delete(who);
      buckets.set(who, bucket);
      const oldest = buckets.size > MAX_BUCKETS ? buckets.keys().next().value : undefined;
      if (oldest !== undefined) buckets.delete(oldest);
      // A call dearer than a whole bucket passes when the bucket is full, or it never would.
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
