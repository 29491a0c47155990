import { isFault } from '@landfall/domain/fault';
import type { Logger } from '../log/log.ts';

/** Shortest pause after a failure, however often the loop is woken. */
const FAILURE_PAUSE_MS = 500;
/** How soon a loop notices that its clock was set. It only compares two numbers. */
const CLOCK_LOOK_MS = 1_000;

export interface Loop extends AsyncDisposable {
  /** Starts a run soon, or another one after the current run. Two runs never overlap. */
  wake(): void;
}

/**
 * Calls `run` at once, after each `wake`, and `everyMs` after the last run (the sweep, in case a wake-up was lost). If it
 * throws, the loop tries again and logs the first failure and the recovery. `run` gets a signal that is aborted when the
 * loop closes; closing waits until `run` returns.
 */
export function startLoop(options: {
  readonly name: string;
  readonly everyMs: number;
  /** If given, a run also starts when this clock has moved on by `everyMs`, for example because it was set. */
  readonly now?: (() => Date) | undefined;
  readonly log: Logger;
  readonly run: (signal: AbortSignal) => Promise<void>;
}): Loop {
  const { name, everyMs, now, run } = options;
  const log = options.log.child({ loop: name });
  const stop = new AbortController();
  let isWoken = true;
  let isTroubled = false;
  /** The value of `now` when the last run started. */
  let clockAt = 0;
  let wakeUp = (): void => {};

  async function runOnce(): Promise<void> {
    try {
      await run(stop.signal);
      if (isTroubled) log.info('works again');
      isTroubled = false;
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!isTroubled || !isFault(error)) {
        log[isFault(error) ? 'warn' : 'error']({ err: error }, 'failed; trying again');
      }
      isTroubled = true;
    }
  }

  async function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    wakeUp = resolve;
    await promise;
    clearTimeout(timer);
  }

  async function pauseUntilDue(): Promise<void> {
    if (!now) return await pause(everyMs);
    const startedAt = performance.now();
    for (;;) {
      const leftMs = startedAt + everyMs - performance.now();
      const isOver = leftMs <= 0 || now().getTime() - clockAt >= everyMs;
      if (isOver || isWoken || stop.signal.aborted) return;
      await pause(Math.min(leftMs, CLOCK_LOOK_MS));
    }
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      if (!isWoken) await pauseUntilDue();
      if (stop.signal.aborted) return;
      isWoken = false;
      clockAt = now?.().getTime() ?? 0;
      await runOnce();
      if (isTroubled && !stop.signal.aborted) {
        await pauseUnlessStopped(Math.min(FAILURE_PAUSE_MS, everyMs), stop.signal);
      }
    }
  }

  const done = loop();
  return {
    wake() {
      isWoken = true;
      wakeUp();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      wakeUp();
      await done;
    },
  };
}

async function pauseUnlessStopped(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
