import { setTimeout as delay } from 'node:timers/promises';

/** What ended is back at once the first time, and not in a hot loop when it keeps ending. */
const PAUSES_MS = [100, 500, 2_000, 5_000, 15_000] as const;
/** Having run this long, it counts as healthy again. */
const HEALTHY_AFTER_MS = 30_000;

export interface ProcessEvents {
  /** For people: a process ended, is started again, is back. */
  readonly event: (line: string) => void;
  /** A process has another pid now. */
  readonly changed: () => void;
  readonly restartPausesMs?: readonly number[] | undefined;
}

/**
 * Starts something again that ended without having been asked to, with growing pauses, until it runs
 * or is not wanted any more. `restart` gets a signal for the latter and may throw as often as it likes.
 */
export class Revival {
  readonly #name: string;
  readonly #restart: (notWanted: AbortSignal) => Promise<void>;
  readonly #on: ProcessEvents;
  readonly #leaving = new AbortController();
  #endings = 0;
  #runningSince = Date.now();
  #work: Promise<void> = Promise.resolve();

  constructor(name: string, restart: (notWanted: AbortSignal) => Promise<void>, on: ProcessEvents) {
    this.#name = name;
    this.#restart = restart;
    this.#on = on;
  }

  /** To be told when it ended. */
  ended(how?: string): void {
    if (this.#leaving.signal.aborted) return;
    if (Date.now() - this.#runningSince > HEALTHY_AFTER_MS) this.#endings = 0;
    this.#on.event(`${this.#name} ended${how ? ` (${how})` : ''}; starting it again`);
    this.#work = this.#revive();
  }

  /** From now on it may end. Resolves once no attempt to start it is under way. */
  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#work;
  }

  async #revive(): Promise<void> {
    const { signal } = this.#leaving;
    let told: string | undefined;
    for (;;) {
      await delay(this.#nextPauseMs(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#restart(signal);
        break;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told && !signal.aborted) this.#on.event(why);
        told = why;
      }
    }
    this.#runningSince = Date.now();
    this.#on.event(`${this.#name} is back`);
    this.#on.changed();
  }

  #nextPauseMs(): number {
    const pausesMs = this.#on.restartPausesMs ?? PAUSES_MS;
    const pauseMs = pausesMs[Math.min(this.#endings, pausesMs.length - 1)] ?? 0;
    this.#endings += 1;
    return pauseMs;
  }
}
