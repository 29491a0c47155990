import { doublingPause } from '@landfall/domain/back-off';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { rateDueHours } from '../rating/rate-hours.ts';
import { submitHours } from './submit-hours.ts';
import { expireAll, type UsageDeps } from './write-off.ts';

/** Calls at the same time: enough to hide Microsoft's latency, but not a burst. */
const CONCURRENT_SUBMISSIONS = 8;

/** Pause of a publisher after a failed call, if Microsoft does not name one. */
const FIRST_PAUSE_MS = 10 * 1000;

/** The end of an outage is noticed within a minute, for one call a minute. */
const LONGEST_PAUSE_MS = 60 * 1000;

/**
 * After a failed call, only one row is sent at a time until Microsoft answers. It is always the same row, because a row that
 * got no answer may have been counted, and its units are lost if the outage lasts a day. But the row itself may cause the
 * failure, so another one is tried after half an hour, and then each time that the number of failures has doubled.
 */
const FRESH_PROBE_FAILURES = 32;

export interface SubmitterOptions extends UsageDeps {
  readonly publishers: Publishers;
  readonly everyMs: number;
  /**
   * Nothing is rated or sent before this time. After a restore, an hour that Microsoft already has may lack records here. If it
   * were sent too early, the records that are reported again would be billed a second time, with another hour.
   */
  readonly pausedUntil?: Date | undefined;
  readonly machineNow: () => Date;
  /** Called after a round that enqueued facts. */
  readonly onSaved: () => void;
}

/**
 * Submits usage in rounds. A round rates hours that are due, gives up hours that are too old, and sends the rest. Each
 * publisher has its own rounds, with its own access and pace, so a slow publisher does not delay the others. Every round
 * rates and gives up the hours of all publishers. Only the pause after a failed call is kept in memory. Everything else is
 * in the database, so a service that was down for hours continues where it stopped.
 */
export function startSubmitter(options: SubmitterOptions): AsyncDisposable {
  const { pausedUntil } = options;
  if (pausedUntil && pausedUntil > options.machineNow()) {
    options.log.warn({ pausedUntil }, 'usage is neither rated nor sent before this time');
  }
  const rounds = options.publishers.all.map((publisher) => startRounds(options, publisher));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(rounds.map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
}

function startRounds(options: SubmitterOptions, { metering, publisherId }: Publisher): Loop {
  const { now, log, everyMs, publishers } = options;
  const ofPublisher = publishers.isSole ? undefined : publisherId;
  const deps = { ...options, metering, publisherId: ofPublisher };
  const pause = createPause(now);

  /** Sends at most so many calls at the same time. True if there may be more to send. */
  const send = async (signal: AbortSignal, calls: number): Promise<boolean> => {
    const probe = pause.probe();
    const { isFull, sent, failure } = await submitHours(deps, { signal, calls, probe });
    if (sent > 0) {
      options.onSaved();
      pause.after(failure);
    }
    return isFull && failure === undefined;
  };
  return startLoop({
    name: 'submit',
    everyMs,
    log: publishers.isSole ? log : log.child({ publisherId }),
    run: async (signal) => {
      const isStopping = () => signal.aborted;
      if (options.pausedUntil && options.machineNow() < options.pausedUntil) return;
      await rateDueHours(options, isStopping);
      const expired = await expireAll(options, isStopping);
      if (expired > 0) options.onSaved();
      if (pause.isOn()) return;

      // Most rounds find less than a call takes, and the first call shows whether Microsoft answers.
      if (!(await send(signal, 1))) return;
      while (!isStopping() && !pause.isOn() && (await send(signal, CONCURRENT_SUBMISSIONS)));
    },
  });
}

/** The pause of a publisher after failed calls. It doubles until a call succeeds. */
function createPause(now: () => Date) {
  let until = 0;
  let failures = 0;
  const isOn = () => now().getTime() < until;
  return {
    isOn,
    /** Which single row is sent next; undefined while calls succeed. */
    probe(): 'doubtful' | 'fresh' | undefined {
      if (failures === 0) return undefined;
      const isFresh = failures >= FRESH_PROBE_FAILURES && Number.isInteger(Math.log2(failures));
      return isFresh ? 'fresh' : 'doubtful';
    },
    after(failure: { readonly retryAfterMs?: number | undefined } | undefined): void {
      if (failure === undefined) {
        failures = 0;
        return;
      }
      // Calls that failed at the same time are one failure.
      if (!isOn()) failures += 1;
      const own = doublingPause(failures, { firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS });
      until = Math.max(until, now().getTime() + (failure.retryAfterMs ?? own));
    },
  };
}
