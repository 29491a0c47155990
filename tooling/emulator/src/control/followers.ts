import { randomUUID } from 'node:crypto';

/** How long a follower's request is held. Shorter than the timeouts of HTTP clients and servers. */
const HOLD_MS = 10_000;
/** How long a move waits for its followers. Each needs one round trip on this machine. */
const PATIENCE_MS = 1_000;

/**
 * The programs that follow the emulator's clock. Each asks for the next version, and is answered when the clock moves. Its
 * next request shows that it has applied the answer, so a move ends when all followers have asked again.
 */
export class ClockFollowers {
  #version = randomUUID();
  readonly #waiting = new Set<() => void>();
  /** Called for each request. */
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

  /** Announces that the clock was moved. Resolves when every waiting follower has asked again, or after a second. */
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

  /** Answers every waiting request, so that the server can close. */
  stop(): void {
    for (const answer of this.#waiting) answer();
  }
}
