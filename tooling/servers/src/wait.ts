import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from '@landfall/config/patience';

/** What `ask` answers while the condition does not hold yet. */
type NotYet = undefined | null | false;

type Ask<T> = () => T | NotYet | Promise<T | NotYet>;

interface Pace {
  readonly firstMs: number;
  readonly lastMs: number;
}

// Most conditions of a test hold within milliseconds. A long wait asks less often, because the
// machine, which other tests share, is busy then.
const TEST_PACE: Pace = { firstMs: 20, lastMs: 100 };

// Servers start in 10-40 ms, and every test file starts some.
const SERVER_PACE: Pace = { firstMs: 5, lastMs: 5 };

/** Waits until `ask` has an answer, and returns it. All tests and scenarios wait with this function. */
export async function until<T>(
  what: string,
  ask: Ask<T>,
  options: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS;
  const answer = await poll(ask, timeoutMs, TEST_PACE);
  if (answer === undefined)
    throw new Error(`timed out after ${timeoutMs} ms, waiting until ${what}`);
  return answer;
}

/** The answer of `ask`, or undefined if there was none within the time. */
export async function within<T>(timeoutMs: number, ask: Ask<T>): Promise<T | undefined> {
  return await poll(ask, timeoutMs, SERVER_PACE);
}

async function poll<T>(ask: Ask<T>, timeoutMs: number, pace: Pace): Promise<T | undefined> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs >= timeoutMs) return undefined;
    await delay(Math.min(pace.lastMs, Math.max(pace.firstMs, waitedMs / 10)));
  }
}
