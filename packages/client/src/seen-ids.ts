/** Remembers which events were handled. For several processes, or to remember across restarts, keep the ids in your database. */
export interface SeenIds {
  /** Whether the event with this id was handled. */
  readonly has: (id: string) => boolean | Promise<boolean>;
  /** Called after the event with this id was handled. */
  readonly add: (id: string) => void | Promise<void>;
}

/** Landfall repeats an event that it could not deliver, which concerns few at a time. About 1 MB. */
const KEPT = 10_000;

/** Remembers the last ids in this process's memory. Default: 10 000. */
export function rememberIds(kept: number = KEPT): SeenIds {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add: (id) => {
      ids.delete(id);
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > kept && oldest !== undefined) ids.delete(oldest);
    },
  };
}
