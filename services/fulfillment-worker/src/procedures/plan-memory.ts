/** Microsoft's lists of plans change with a publisher's release; a page is loaded again within seconds. */
export const PLANS_MEMORY_MS = 5_000;
/** Subscriptions whose pages are open at one time; the oldest are forgotten first. */
const MAX_REMEMBERED = 2_000;

interface Remembered<T> {
  readonly value: Promise<T>;
  readonly until: number;
}

/**
 * Asks once for all who want the same thing at the same time, and keeps the answer for some seconds. What
 * failed is not kept, though whoever waited for it shares the failure.
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
