import type { CallRecord } from '@landfall/marketplace/http';

/** Each publisher starts with this many, and always keeps them unless Microsoft refuses its calls. */
export const OWN_PLACES = 32;
/** Even a publisher whose calls are refused keeps this many, so that it notices when the refusals end. */
const LEAST_PLACES = 4;

/**
 * A round is quick if its calls took at most `TIMES` their usual time plus `EXTRA_MS`, a delay that our own busy process may
 * cause. More places still help then, because more lanes share each statement. Between quick and slow, the number of places stays.
 */
const QUICK = { TIMES: 2, EXTRA_MS: 150 };
const SLOW = { TIMES: 4, EXTRA_MS: 500 };
/** The share by which places grow after one round of quick calls: 32 become 256 within six rounds. */
const GROWTH = 0.5;
/** The share of the places that is kept after slow calls. Own places are always kept, because Microsoft may be slow for other reasons. */
const KEPT_IF_SLOW = 0.9;
/** The share of the places that is kept after a refusal. Further refusals in the same second belong to the same burst. */
const KEPT_IF_REFUSED = 0.5;
const BURST_MS = 1_000;
/** After a refusal, places return one by one for this long. */
const CAUTION_MS = 60_000;
const CAUTIOUS_STEP_MS = 1_000;
/** The usual time of a call is the shortest average in this time, so that a lasting change becomes usual. */
const MEMORY_MS = 15_000;
/** If no more than this share of the places was in use for a second, only this share is kept. */
const IDLE = 0.75;
const IDLE_MS = 1_000;

/** Codes that mean that Microsoft, or the network to it, is overloaded. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'marketplace.throttled',
  'marketplace.unavailable',
  'marketplace.timeout',
]);

/** How many lanes a publisher's work may hold at a time. */
export interface Places {
  readonly limit: number;
  /** Must be called when all places are taken and more work may wait. */
  isShort(): void;
  /** Must be called after each claim, and at least once a second, with the number of held lanes. */
  held(lanes: number): void;
}

/** Places that follow Microsoft's answers. */
export interface FollowingPlaces extends Places {
  /** Must be called after each attempt of a call. */
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
    if (isSlow) return become(Math.max(Math.min(limit, own), Math.floor(limit * KEPT_IF_SLOW)));
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
        become(Math.floor(limit * KEPT_IF_REFUSED));
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

/** The number of calls in one average. */
const SAMPLE_CALLS = 16;

/** The returned function records a call, and returns the usual time of its kind: the shortest recent average. */
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
  /** The shortest average in the previous {@link MEMORY_MS}, and in the current one. */
  before: number;
  current: number;
  calls: number;
  sumMs: number;
}

function newUsualTime(since: number): UsualTime {
  const none = Number.POSITIVE_INFINITY;
  return { since, before: none, current: none, calls: 0, sumMs: 0 };
}
