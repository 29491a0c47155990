import { setTimeout as delay } from 'node:timers/promises';

/** Doubles from `firstMs` to `longestMs`. Half of it is random, so that clients that failed together come back apart. */
export function pauseAfter(
  failures: number,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return wholeMs * (0.5 + Math.random() / 2);
}

/** Resolves after `ms`, or as soon as the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
