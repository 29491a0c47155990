import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from '@landfall/config/patience';
import { errorDetails } from '@landfall/client/errors';

/** A killed service is back within seconds. Our callers retry as any client would. */
const AGAIN_MS = 400;

/**
 * Repeats a call until there is an answer: a result, or undefined for a rejection. It is also
 * undefined if the time runs out or the signal is aborted; then the call may or may not have had its
 * effect.
 */
export async function persist<T>(
  call: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!signal.aborted && Date.now() < deadline) {
    try {
      return await call();
    } catch (error: unknown) {
      if (errorDetails(error)?.rejection !== undefined) return undefined;
    }
    await sleep(AGAIN_MS, signal);
  }
  return undefined;
}

export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
