import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import { MAX_BATCH_EVENTS } from '@landfall/marketplace/metering';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import { closeHours } from '../rating/close-hours.ts';
import { submitHours } from './submit-hours.ts';
import { expireAll, type UsageDeps } from './write-off.ts';

/** Calls at the same time: enough to hide Microsoft's latency, and few enough not to be a burst. */
const CONCURRENT_SUBMISSIONS = 8;

export interface SubmitterOptions extends UsageDeps {
  readonly publishers: Publishers;
  readonly everyMs: number;
  /** Called after a round that enqueued facts. */
  readonly onSaved: () => void;
}

/**
 * Submits usage in rounds: close hours that are due, give up hours that are too old, send the rest. Each publisher has
 * its own rounds, with its own access and pace, but every round closes and gives up the hours of all publishers. Only
 * a pause that Microsoft asked for is kept in memory. Everything else is in the database, so a service that was down
 * for hours continues where it stopped.
 */
export function startSubmitter(options: SubmitterOptions): AsyncDisposable {
  const rounds = options.publishers.all.map((publisher) => startRounds(options, publisher));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(rounds.map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
}

function startRounds(options: SubmitterOptions, { metering, publisherId }: Publisher): Loop {
  const { now, log, everyMs, publishers } = options;
  const deps = { ...options, metering, publisherId: publishers.isSole ? undefined : publisherId };
  let pausedUntil = 0;
  return startLoop({
    name: 'submit',
    everyMs,
    log: publishers.isSole ? log : log.child({ publisherId }),
    run: async (signal) => {
      const isStopping = () => signal.aborted;
      await closeHours(options.db, now(), isStopping);
      const expired = await expireAll(options, isStopping);
      if (expired > 0) options.onSaved();
      if (now().getTime() < pausedUntil) return;

      const send = async (): Promise<boolean> => {
        const { sent, pauseMs } = await submitHours(deps, signal);
        if (sent > 0) options.onSaved();
        if (pauseMs !== undefined) pausedUntil = now().getTime() + pauseMs;
        return sent === MAX_BATCH_EVENTS && pauseMs === undefined;
      };
      const sendUntilEmpty = async (): Promise<void> => {
        while (!isStopping() && now().getTime() >= pausedUntil && (await send()));
      };
      // Most rounds find less than a batch. Parallel calls are needed after the end of an hour.
      if (!(await send())) return;
      const calls = Array.from({ length: CONCURRENT_SUBMISSIONS }, sendUntilEmpty);
      const failed = (await Promise.allSettled(calls)).find((call) => call.status === 'rejected');
      if (failed) throw failed.reason;
    },
  });
}
