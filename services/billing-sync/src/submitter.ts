import { MAX_BATCH_EVENTS } from '@landfall/marketplace/metering.ts';
import { startLoop, type Loop } from '@landfall/service-kit/loop.ts';
import { closeHours } from './close-hours.ts';
import { expireAll, submitHours, type SubmitDeps } from './submit-hours.ts';

/** Calls at the same time: enough to hide Microsoft's latency, few enough to be no burst. */
const CONCURRENT_SUBMISSIONS = 8;

export interface SubmitterOptions extends SubmitDeps {
  readonly everyMs: number;
  /** After a round that enqueued facts. */
  readonly onSaved: () => void;
}

/**
 * The rounds of submission: close what is due, give up what is too old, send the rest. Nothing is
 * remembered between rounds but a pause that Microsoft asked for: everything is in the database, so
 * a service that was away for hours goes on where it stopped.
 */
export function startSubmitter(options: SubmitterOptions): Loop {
  let pausedUntil = 0;
  return startLoop({
    name: 'submit',
    everyMs: options.everyMs,
    log: options.log,
    run: async (signal) => {
      const isStopping = () => signal.aborted;
      await closeHours(options.database, options.now(), isStopping);
      const expired = await expireAll(options, isStopping);
      if (expired > 0) options.onSaved();
      if (options.now().getTime() < pausedUntil) return;

      const send = async (): Promise<boolean> => {
        const { sent, pauseMs } = await submitHours(options, signal);
        if (sent > 0) options.onSaved();
        if (pauseMs !== undefined) pausedUntil = options.now().getTime() + pauseMs;
        return sent === MAX_BATCH_EVENTS && pauseMs === undefined;
      };
      const sendUntilEmpty = async (): Promise<void> => {
        while (!isStopping() && options.now().getTime() >= pausedUntil && (await send()));
      };
      // Most rounds find less than a batch: more lanes are for the top of the hour.
      if (!(await send())) return;
      const lanes = Array.from({ length: CONCURRENT_SUBMISSIONS }, sendUntilEmpty);
      const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected');
      if (failed) throw failed.reason;
    },
  });
}
