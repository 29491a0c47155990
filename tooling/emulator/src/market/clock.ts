import { TimerQueue, type Timer, type TimerKind } from './timer-queue.ts';

/** Node's timers hold 31 bits, so a longer wait is split into steps of this length. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * While the clock is advanced, the next timer runs after this much real time even if the current
 * one has not ended. A receiver that deliberately does not answer a notification must not stop the
 * clock.
 */
const PATIENCE_MS = 2000;

export interface ClockSetting {
  readonly offsetMs: number;
  /** The time at which the clock is frozen; null while it runs. */
  readonly frozenAt: number | null;
}

export interface ClockReading {
  readonly now: string;
  readonly offsetMs: number;
  readonly frozen: boolean;
  readonly timers: number;
  readonly next: { readonly kind: TimerKind; readonly id: string; readonly at: string } | null;
}

/**
 * The emulator's clock. Every delay of the marketplace is a timer of this clock. Tokens use real
 * time, because their verifiers do.
 */
export class Clock {
  readonly #queue = new TimerQueue();
  readonly #running = new Set<Promise<void>>();
  readonly #onChange: () => void;
  #run: ((timer: Timer) => Promise<void>) | undefined;
  /** Informs the followers of the clock that it was moved. */
  #tell = (): Promise<void> => Promise.resolve();
  #offsetMs: number;
  #frozenAt: number | null;
  #moving: Promise<unknown> = Promise.resolve();
  #isMoving = false;
  #wake: NodeJS.Timeout | undefined;

  constructor(setting: ClockSetting, timers: readonly Timer[], onChange: () => void) {
    this.#offsetMs = setting.offsetMs;
    this.#frozenAt = setting.frozenAt;
    this.#onChange = onChange;
    for (const timer of timers) this.#queue.set(timer.kind, timer.id, timer.at);
  }

  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offsetMs;
  }

  /** Sets or replaces the one timer of this kind and id. */
  schedule(kind: TimerKind, id: string, at: number): void {
    this.#queue.set(kind, id, at);
    this.#onChange();
    this.#arm();
  }

  cancel(kind: TimerKind, id: string): void {
    this.#queue.cancel(kind, id);
    this.#onChange();
  }

  /**
   * @param tell is called after each move, and during an advance before the timers of each moment run
   */
  start(
    run: (timer: Timer) => Promise<void>,
    tell: () => Promise<void> = () => Promise.resolve(),
  ): void {
    this.#run = run;
    this.#tell = tell;
    this.#arm();
  }

  /** Stops firing. Resolves when all fired timers have ended. */
  async stop(): Promise<void> {
    this.#run = undefined;
    clearTimeout(this.#wake);
    await this.#moving;
    await Promise.allSettled(this.#running);
  }

  /**
   * Moves time forward. Waits for timers that are already running, then runs due timers one after
   * the other, each at its own time, including those that they set.
   */
  advance(ms: number): Promise<void> {
    return this.#exclusively(() => this.#moveTo(this.now() + ms));
  }

  /** Sets the offset from real time, or freezes or unfreezes the clock. Going back is allowed. */
  set(change: { offsetMs?: number | undefined; frozen?: boolean | undefined }): Promise<void> {
    return this.#exclusively(async () => {
      if (change.offsetMs !== undefined) {
        const target = Date.now() + change.offsetMs;
        if (target > this.now()) await this.#moveTo(target);
        else this.#place(target);
      }
      if (change.frozen === true) this.#frozenAt = this.now();
      if (change.frozen === false && this.#frozenAt !== null) {
        this.#offsetMs = this.#frozenAt - Date.now();
        this.#frozenAt = null;
      }
    });
  }

  /** Returns to real time and removes all timers. */
  reset(): Promise<void> {
    return this.#exclusively(() => {
      this.#queue.clear();
      this.#offsetMs = 0;
      this.#frozenAt = null;
      return Promise.resolve();
    });
  }

  read(): ClockReading {
    const next = this.#queue.peek();
    return {
      now: new Date(this.now()).toISOString(),
      offsetMs: this.now() - Date.now(),
      frozen: this.#frozenAt !== null,
      timers: this.#queue.size,
      next: next ? { kind: next.kind, id: next.id, at: new Date(next.at).toISOString() } : null,
    };
  }

  snapshot(): { clock: ClockSetting; timers: Timer[] } {
    return {
      clock: { offsetMs: this.#offsetMs, frozenAt: this.#frozenAt },
      timers: this.#queue.list(),
    };
  }

  #exclusively(move: () => Promise<void>): Promise<void> {
    const moved = this.#moving.then(async () => {
      this.#isMoving = true;
      clearTimeout(this.#wake);
      try {
        await this.#settle();
        await move();
        await this.#tell();
      } finally {
        this.#isMoving = false;
        this.#onChange();
        this.#arm();
      }
    });
    this.#moving = moved.catch(() => undefined);
    return moved;
  }

  async #moveTo(target: number): Promise<void> {
    const wasFrozen = this.#frozenAt !== null;
    this.#frozenAt = this.now();
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined || next.at > target || this.#run === undefined) break;
      this.#queue.take();
      const at = Math.max(this.#frozenAt, next.at);
      const isLater = at > this.#frozenAt;
      this.#frozenAt = at;
      if (isLater) await this.#tell();
      this.#fire(next);
      await this.#settle();
    }
    this.#frozenAt = wasFrozen ? target : null;
    if (!wasFrozen) this.#offsetMs = target - Date.now();
  }

  #place(target: number): void {
    if (this.#frozenAt === null) this.#offsetMs = target - Date.now();
    else this.#frozenAt = target;
  }

  #fire(timer: Timer): void {
    const run = this.#run;
    if (run === undefined) return;
    const running: Promise<void> = run(timer).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #settle(): Promise<void> {
    if (this.#running.size === 0) return;
    let timeout: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timeout = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([Promise.allSettled(this.#running), patience]);
    clearTimeout(timeout);
  }

  #arm(): void {
    clearTimeout(this.#wake);
    if (this.#run === undefined || this.#isMoving) return;
    const next = this.#queue.peek();
    if (next === undefined) return;
    const waitMs = next.at - this.now();
    if (waitMs > 0 && this.#frozenAt !== null) return;
    this.#wake = setTimeout(() => this.#fireDue(), Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS));
  }

  #fireDue(): void {
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined || next.at > this.now()) break;
      this.#queue.take();
      this.#fire(next);
    }
    this.#onChange();
    this.#arm();
  }
}
