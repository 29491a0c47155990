import { setTimeout as delay } from 'node:timers/promises';

/** Restarts at once the first time, and slows down if the process keeps ending. */
const PAUSES_MS = [100, 500, 2_000, 5_000, 15_000] as const;
/** After running this long, a process counts as healthy again. */
const HEALTHY_AFTER_MS = 30_000;

export interface ProcessEvents {
  /** Messages for people: a process ended, is being restarted, is back. */
  readonly event: (line: string) => void;
  /** Called when a process has a new pid. */
  readonly changed: () => void;
  readonly restartPausesMs?: readonly number[] | undefined;
}

/**
 * Restarts something that ended unexpectedly, with growing pauses, until it runs or is no longer
 * wanted. `restart` gets a signal for that, and may throw any number of times.
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

  /** Must be called when it ended. */
  ended(how?: string): void {
    if (this.#leaving.signal.aborted) return;
    if (Date.now() - this.#runningSince > HEALTHY_AFTER_MS) this.#endings = 0;
    this.#on.event(`${this.#name} ended${how ? ` (${how})` : ''}; restarting it`);
    this.#work = this.#revive();
  }

  /** Stops restarting it. Resolves when no restart is in progress. */
  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#work;
  }

  async #revive(): Promise<void> {
    const { signal } = this.#leaving;
    let lastWhy: string | undefined;
    for (;;) {
      await delay(this.#nextPauseMs(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#restart(signal);
        break;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== lastWhy && !signal.aborted) this.#on.event(why);
        lastWhy = why;
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
