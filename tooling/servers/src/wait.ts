import { setTimeout as delay } from 'node:timers/promises';

// Servers here start in 10-40 ms: a coarser step would be felt in every test file.
const pollMs = 5;

/** Polls until `check` gives a value; `undefined` once `timeoutMs` have passed. */
export async function waitFor<T>(
  check: () => T | undefined | Promise<T | undefined>,
  options: { readonly timeoutMs: number },
): Promise<T | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (performance.now() >= deadline) return undefined;
    await delay(pollMs);
  }
}
