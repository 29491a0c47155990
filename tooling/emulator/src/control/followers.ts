import { randomUUID } from 'node:crypto';

/** How long a follower's question is held. Shorter than the time-outs of HTTP clients and servers. */
const HOLD_MS = 10_000;
/** How long a move waits for its followers. Each needs one round trip on this machine. */
const PATIENCE_MS = 1_000;

/**
 * The programs that follow the emulator's clock. Each asks for the next version and gets its answer when the clock was
 * moved. It follows the clock from its next question on, so a move ends when all of them have asked again.
 */
export class ClockFollowers {
  #version = randomUUID();
  readonly #waiting = new Set<() => void>();
  /** Called for each question. */
  #onQuestion = (): void => undefined;

  get version(): string {
    return this.#version;
  }

  /** Resolves when `version` is not, or no longer, the current one, or after ten seconds. */
  async next(version: string | undefined, gone: AbortSignal): Promise<void> {
    if (version !== this.#version) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, HOLD_MS);
    // A follower that has ended must not delay the next move.
    gone.addEventListener('abort', () => resolve(), { once: true });
    this.#waiting.add(resolve);
    this.#onQuestion();
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  /** The clock was moved. Resolves when everyone who waits now has asked again, or after a second. */
  async moved(): Promise<void> {
    this.#version = randomUUID();
    const expected = this.#waiting.size;
    const { promise, resolve } = Promise.withResolvers<void>();
    const answered = [...this.#waiting];
    this.#waiting.clear();
    this.#onQuestion = () => {
      if (this.#waiting.size >= expected) resolve();
    };
    for (const answer of answered) answer();
    if (expected === 0) return;
    const timer = setTimeout(resolve, PATIENCE_MS);
    await promise;
    clearTimeout(timer);
  }

  /** Answers everyone, so that the server can close. */
  stop(): void {
    for (const answer of this.#waiting) answer();
  }
}
