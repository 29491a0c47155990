/** The caller (or group of callers) that occupies places, with its limits. */
export interface PlaceOwner {
  readonly name: string;
  readonly places: number;
  /** How many may wait for a place. Further ones are refused. */
  readonly waiting: number;
}

export interface FairPlaces {
  /**
   * Resolves with a function that frees the place; with `full` if too many of this owner wait already; with undefined if
   * `signal` was aborted first.
   */
  take(owner: PlaceOwner, signal: AbortSignal): Promise<(() => void) | 'full' | undefined>;
}

/**
 * Limits concurrent work to `count` places, and each owner to its own number of them. Waiting owners take turns, so an
 * owner with a thousand waiting calls gets a place as often as one with two.
 */
export function createFairPlaces(count: number): FairPlaces {
  const running = new Map<string, number>();
  /** In the order of their next turns. */
  const lines = new Map<string, Line>();
  let free = count;

  const hasRoom = ({ name, places }: PlaceOwner): boolean => (running.get(name) ?? 0) < places;

  const hold = ({ name }: PlaceOwner): (() => void) => {
    free -= 1;
    running.set(name, (running.get(name) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      free += 1;
      const left = (running.get(name) ?? 0) - 1;
      if (left > 0) running.set(name, left);
      else running.delete(name);
      callNext();
    };
  };

  const callNext = (): void => {
    for (const [name, line] of lines) {
      if (free === 0) return;
      const [next] = line.waiting;
      if (!next || !hasRoom(line.owner)) continue;
      line.waiting.delete(next);
      lines.delete(name);
      if (line.waiting.size > 0) lines.set(name, line);
      next(hold(line.owner));
    }
  };

  const wait = (owner: PlaceOwner, signal: AbortSignal): Promise<(() => void) | undefined> => {
    const line = lines.get(owner.name) ?? { owner, waiting: new Set() };
    lines.set(owner.name, line);
    return new Promise((resolve) => {
      const called = (release: () => void): void => {
        signal.removeEventListener('abort', givenUp);
        resolve(release);
      };
      const givenUp = (): void => {
        line.waiting.delete(called);
        if (line.waiting.size === 0) lines.delete(owner.name);
        resolve(undefined);
      };
      line.waiting.add(called);
      signal.addEventListener('abort', givenUp, { once: true });
    });
  };

  return {
    async take(owner, signal) {
      if (signal.aborted) return undefined;
      const waiting = lines.get(owner.name)?.waiting.size ?? 0;
      if (free > 0 && waiting === 0 && hasRoom(owner)) return hold(owner);
      if (waiting >= owner.waiting) return 'full';
      return await wait(owner, signal);
    },
  };
}

interface Line {
  readonly owner: PlaceOwner;
  readonly waiting: Set<(release: () => void) => void>;
}
