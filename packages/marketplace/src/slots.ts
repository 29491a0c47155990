/** Who gets a free slot first: `background` work waits as long as a `customer` call is waiting. */
export type Priority = 'customer' | 'background';

/** Limits how many holders there are at a time. */
export interface Slots {
  /**
   * Resolves with a function that frees the slot; undefined if `signal` was aborted first or too many are
   * waiting already.
   */
  take(priority: Priority, signal: AbortSignal): Promise<(() => void) | undefined>;
}

/** Limits concurrent holders to `size`. First come, first served within a priority; at most `maxWaiting` wait per priority. */
export function createSlots(size: number, maxWaiting = Number.POSITIVE_INFINITY): Slots {
  const waiting: Record<Priority, Set<() => void>> = { customer: new Set(), background: new Set() };
  let free = size;

  const release = (): void => {
    free += 1;
    const queue = waiting.customer.size > 0 ? waiting.customer : waiting.background;
    const [next] = queue;
    if (next === undefined) return;
    queue.delete(next);
    next();
  };

  const held = (): (() => void) => {
    free -= 1;
    let isHeld = true;
    return () => {
      if (isHeld) release();
      isHeld = false;
    };
  };

  return {
    take: (priority, signal) => {
      if (signal.aborted) return Promise.resolve(undefined);
      if (free > 0) return Promise.resolve(held());
      if (waiting[priority].size >= maxWaiting) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const queue = waiting[priority];
        const granted = (): void => {
          signal.removeEventListener('abort', cancelled);
          resolve(held());
        };
        const cancelled = (): void => {
          queue.delete(granted);
          resolve(undefined);
        };
        queue.add(granted);
        signal.addEventListener('abort', cancelled, { once: true });
      });
    },
  };
}
