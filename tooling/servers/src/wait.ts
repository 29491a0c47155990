import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from '@landfall/config/patience';

/** What `ask` answers while the awaited thing has not happened yet. */
type NotYet = undefined | null | false;

type Ask<T> = () => T | NotYet | Promise<T | NotYet>;

// A test waits a hundred times: a coarser step would be felt, a finer one would load the machine.
const POLL_MS = 20;

// Servers start in 10-40 ms, and every test file starts some.
const SERVER_POLL_MS = 5;

/** Waits until `ask` has an answer, and returns it. All tests wait with this function. */
export async function until<T>(
  what: string,
  ask: Ask<T>,
  options: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS;
  const answer = await poll(ask, timeoutMs, POLL_MS);
  if (answer === undefined) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
  return answer;
}

/** The answer of `ask`, or undefined if there was none within the time. */
export async function within<T>(timeoutMs: number, ask: Ask<T>): Promise<T | undefined> {
  return await poll(ask, timeoutMs, SERVER_POLL_MS);
}

async function poll<T>(ask: Ask<T>, timeoutMs: number, pollMs: number): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as T;
    if (performance.now() >= deadline) return undefined;
    await delay(pollMs);
  }
}
