import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from '@landfall/config/patience';
import { errorDetails } from '@landfall/client/errors';

/** What is down is back within seconds; a caller of ours asks again like any client would. */
const AGAIN_MS = 400;

/**
 * Calls until there is an answer: a result, or a business "no", which is undefined. Undefined as well
 * when patience ends or at the signal; then nobody knows whether the call had its effect.
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
