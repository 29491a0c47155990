import type { Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { IntakeDeps } from '../intake/take-records.ts';
import { reportDue } from './report-due.ts';

/** Steps in one round. After a long outage, the rest follows in the next rounds. */
const STEPS_PER_ROUND = 100;

/**
 * Reports recurring quantities when they are due. The schedule is in the database, so after an outage each run is reported
 * for the time at which it was due, or recorded as missed. Any number of processes share the work.
 */
export function startReporter(
  deps: IntakeDeps & { readonly log: Logger; readonly everyMs: number },
): Loop {
  return startLoop({
    name: 'recurring',
    everyMs: deps.everyMs,
    log: deps.log,
    run: async (signal) => {
      for (let step = 0; step < STEPS_PER_ROUND && !signal.aborted; step += 1) {
        if (!(await reportDue(deps))) return;
      }
    },
  });
}
