/** Microsoft's plan lists change when the publisher releases an offer; pages are reloaded within seconds. */
export const PLANS_MEMORY_MS = 5_000;
/** Number of subscriptions with open pages at one time. The oldest are forgotten first. */
const MAX_REMEMBERED = 2_000;

interface Remembered<T> {
  readonly value: Promise<T>;
  readonly until: number;
}

/**
 * Asks once for all callers that want the same thing at the same time, and keeps the answer for some seconds.
 * Failures are not kept, but all callers that were waiting get the failure.
 */
export function createPlanMemory<T>(
  now: () => number = () => performance.now(),
): (key: string, ask: () => Promise<T>) => Promise<T> {
  const memory = new Map<string, Remembered<T>>();
  return (key, ask) => {
    const known = memory.get(key);
    if (known && now() < known.until) return known.value;
    const value = ask();
    const entry = { value, until: now() + PLANS_MEMORY_MS };
    memory.delete(key);
    memory.set(key, entry);
    const [oldest] = memory.keys();
    if (memory.size > MAX_REMEMBERED && oldest !== undefined) memory.delete(oldest);
    value.catch(() => {
      if (memory.get(key) === entry) memory.delete(key);
    });
    return value;
  };
}
