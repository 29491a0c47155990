import { LRUCache } from 'lru-cache';

/** Microsoft's plan lists change when the publisher releases an offer; pages are reloaded within seconds. */
export const PLANS_MEMORY_MS = 5_000;
/** Number of subscriptions with open pages at one time. The oldest are forgotten first. */
const MAX_REMEMBERED = 2_000;

/**
 * Asks once for all callers that want the same thing at the same time, and keeps the answer for some seconds.
 * Failures are not kept, but all callers that were waiting get the failure.
 */
export function createPlanMemory<T>(
  now: () => number = () => performance.now(),
): (key: string, ask: () => Promise<T>) => Promise<T> {
  const memory = new LRUCache<string, Promise<T>>({
    max: MAX_REMEMBERED,
    ttl: PLANS_MEMORY_MS,
    ttlResolution: 0,
    perf: { now },
  });
  return (key, ask) => {
    const known = memory.get(key);
    if (known) return known;
    const value = ask();
    memory.set(key, value);
    value.catch(() => {
      if (memory.peek(key) === value) memory.delete(key);
    });
    return value;
  };
}
