import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Logger } from '../log/log.ts';

/** The emulator holds a request for at most 10 s. After a longer silence, it is considered gone. */
const ANSWER_TIMEOUT_MS = 15_000;
/** After a failure. Short, because an emulator that restarts is back within a second. */
const FAILURE_PAUSE_MS = 250;
/** How long a start waits for the first reading. The emulator is on the same machine and starts first. */
const FIRST_READING_MS = 2_000;

/** The emulator's answer. `version` changes whenever its clock was moved. */
const readingSchema = z.object({
  version: z.string(),
  now: z.iso.datetime(),
  offsetMs: z.number(),
  frozen: z.boolean(),
});

/** A clock that another program moves. */
export interface FollowedClock extends AsyncDisposable {
  readonly now: () => Date;
}

/**
 * Follows the clock of the marketplace emulator, for a stack on one machine. `now` is real time plus the emulator's
 * offset, or the time at which it is frozen, and may go back. The emulator answers as soon as its clock was moved. While
 * it does not answer, the last reading stays in force; before the first one, `now` is real time.
 *
 * @param options.url the emulator's URL, as {@link clockUrl} has checked it
 */
export async function followClock(options: {
  readonly url: string;
  readonly log: Logger;
}): Promise<FollowedClock> {
  const log = options.log.child({ part: 'clock' });
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  const { url } = options;
  log.warn({ url }, 'time is emulated: this service follows the clock of the marketplace emulator');

  let version: string | undefined;
  let now = () => new Date();
  let isTroubled = false;

  async function readNext(): Promise<void> {
    const reading = await askForReading(url, version, stop.signal);
    if (reading.version !== version) {
      const { frozen, offsetMs } = reading;
      const frozenAt = Date.parse(reading.now);
      now = () => new Date(frozen ? frozenAt : Date.now() + offsetMs);
      log.info({ now: reading.now, frozen }, 'the emulated clock was moved');
    }
    version = reading.version;
    first.resolve();
  }

  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await readNext();
        isTroubled = false;
      } catch (err) {
        if (stop.signal.aborted) return;
        if (!isTroubled)
          log.warn({ err }, 'could not read the clock of the emulator; trying again');
        isTroubled = true;
        await delay(FAILURE_PAUSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  }

  const following = follow();
  await Promise.race([first.promise, delay(FIRST_READING_MS, undefined, { ref: false })]);
  return {
    now: () => now(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}

async function askForReading(
  url: string,
  after: string | undefined,
  stop: AbortSignal,
): Promise<z.output<typeof readingSchema>> {
  const target = new URL('/_emulator/clock/next', url);
  if (after !== undefined) target.searchParams.set('after', after);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  const response = await fetch(target, { signal, redirect: 'error' });
  return readingSchema.parse(await response.json());
}
