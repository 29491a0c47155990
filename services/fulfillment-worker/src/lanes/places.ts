import type { CallRecord } from '@landfall/marketplace/http';

/** One publisher always has this many, unless Microsoft slows it down. It starts with them. */
export const OWN_PLACES = 32;
/** Even a publisher that Microsoft slows down keeps working, and so finds out when that is over. */
const LEAST_PLACES = 4;

/**
 * A call is quick below `TIMES` its usual time plus `EXTRA_MS`, which our own busy process may add: more lanes at once still
 * make the groups larger that share a statement. Between quick and slow the places stay.
 */
const QUICK = { TIMES: 2, EXTRA_MS: 150 };
const SLOW = { TIMES: 4, EXTRA_MS: 500 };
/** The share by which places grow after one round of quick calls: 32 become 256 within six rounds. */
const GROWTH = 0.5;
/** The share that slow calls leave. They take no publisher's own places, because Microsoft may be slow without our doing. */
const SLOWER = 0.9;
/** The share that a refusal leaves. Further refusals in the same second belong to the same burst. */
const REFUSED = 0.5;
const BURST_MS = 1_000;
/** After a refusal, places return one by one for this long. */
const CAUTION_MS = 60_000;
const CAUTIOUS_STEP_MS = 1_000;
/** The usual time of a call is the shortest average in this time, so that a lasting change becomes usual. */
const MEMORY_MS = 15_000;
/** If no more than this share of the places was in use for a second, only this share is kept. */
const IDLE = 0.75;
const IDLE_MS = 1_000;

/** Microsoft, or the way to it, is overloaded. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'marketplace.throttled',
  'marketplace.unavailable',
  'marketplace.timeout',
]);

/** How many lanes a publisher's work may hold at a time. */
export interface Places {
  readonly limit: number;
  /** All places are taken and more work waits. */
  isShort(): void;
  /** The number of held lanes, after each claim. Called at least once a second. */
  held(lanes: number): void;
}

/** Places that follow Microsoft's answers. */
export interface FollowingPlaces extends Places {
  /** Called after each attempt of a call. */
  observe(record: Pick<CallRecord, 'operation' | 'code' | 'durationMs'>): void;
}

/** A constant number of places. */
export function fixedPlaces(limit: number): Places {
  return { limit, isShort: () => undefined, held: () => undefined };
}

/** Places beyond each publisher's own, which all publishers of a process share. */
export interface SharedPlaces {
  left: number;
}

/**
 * Places that grow while work waits and Microsoft answers as quickly as usual, up to `most`, and shrink when it refuses calls or
 * answers slowly. What exceeds {@link OWN_PLACES} is taken from `shared`, so that memory is bounded for any number of publishers.
 */
export function followingPlaces(options: {
  readonly most: number;
  readonly shared: SharedPlaces;
  readonly now?: (() => number) | undefined;
}): FollowingPlaces {
  const { most, shared, now = () => performance.now() } = options;
  const own = Math.min(OWN_PLACES, most);
  const least = Math.min(LEAST_PLACES, most);
  const usual = usualTimes(now);
  let limit = own;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let grownAt = Number.NEGATIVE_INFINITY;
  let second = { since: now(), most: 0 };
  let round = { calls: 0, spentMs: 0, usualMs: 0, isShort: false };

  const become = (wished: number): void => {
    const extraBefore = Math.max(0, limit - own);
    const bounded = Math.max(least, Math.min(wished, most, own + extraBefore + shared.left));
    shared.left -= Math.max(0, bounded - own) - extraBefore;
    limit = bounded;
  };

  const endRound = (): void => {
    const { calls, spentMs, usualMs, isShort } = round;
    round = { calls: 0, spentMs: 0, usualMs: 0, isShort: false };
    const isSlow = spentMs > SLOW.TIMES * usualMs + SLOW.EXTRA_MS * calls;
    if (isSlow) return become(Math.max(Math.min(limit, own), Math.floor(limit * SLOWER)));
    const isQuick = spentMs <= QUICK.TIMES * usualMs + QUICK.EXTRA_MS * calls;
    if (!isQuick || !isShort) return;
    const isCautious = now() - refusedAt < CAUTION_MS;
    if (isCautious && now() - grownAt < CAUTIOUS_STEP_MS) return;
    grownAt = now();
    become(isCautious ? limit + 1 : Math.ceil(limit * (1 + GROWTH)));
  };

  return {
    get limit() {
      return limit;
    },
    isShort() {
      round.isShort = true;
    },
    held(lanes) {
      second.most = Math.max(second.most, lanes);
      if (now() - second.since < IDLE_MS) return;
      const isIdle = second.most <= limit * IDLE;
      second = { since: now(), most: lanes };
      if (isIdle && limit > own) become(Math.max(own, Math.floor(limit * IDLE)));
    },
    observe({ operation, code, durationMs }) {
      if (REFUSALS.has(code)) {
        if (now() - refusedAt < BURST_MS) return;
        refusedAt = now();
        grownAt = now();
        become(Math.floor(limit * REFUSED));
        return;
      }
      if (code !== undefined) return;
      round.calls += 1;
      round.spentMs += durationMs;
      round.usualMs += usual(operation, durationMs);
      if (round.calls >= limit) endRound();
    },
  };
}

/** Calls whose average is one measurement. */
const SAMPLE_CALLS = 16;

/** The usual time of each kind of call: the shortest recent average. Takes one more call into account. */
function usualTimes(now: () => number): (operation: string, durationMs: number) => number {
  const known = new Map<string, UsualTime>();
  return (operation, durationMs) => {
    const time = known.get(operation) ?? newUsualTime(now());
    known.set(operation, time);
    if (now() - time.since > MEMORY_MS) {
      time.before = time.current;
      time.current = Number.POSITIVE_INFINITY;
      time.since = now();
    }
    time.calls += 1;
    time.sumMs += durationMs;
    if (time.calls === SAMPLE_CALLS) {
      time.current = Math.min(time.current, time.sumMs / SAMPLE_CALLS);
      time.calls = 0;
      time.sumMs = 0;
    }
    const shortest = Math.min(time.before, time.current);
    return Number.isFinite(shortest) ? shortest : durationMs;
  };
}

interface UsualTime {
  since: number;
  /** Shortest average of the memory before, and of the current one. */
  before: number;
  current: number;
  calls: number;
  sumMs: number;
}

function newUsualTime(since: number): UsualTime {
  const none = Number.POSITIVE_INFINITY;
  return { since, before: none, current: none, calls: 0, sumMs: 0 };
}
