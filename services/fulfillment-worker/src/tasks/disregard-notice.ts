import type { Logger } from '@landfall/service-kit/log';
import { DONE, type TaskOutcome } from '../lanes/task.ts';
import type { Confirmation } from './confirm-operation.ts';
import type { Notice } from './notice.ts';
import type { Observe, TaskRun } from './task-run.ts';

type Untrusted = Extract<Confirmation, { kind: 'foreign' | 'forbidden' | 'contradicted' }>;

/** Logs and notes why a notification has no effect. None of its claims are applied. */
export type Disregard = (run: TaskRun, notice: Notice, found: Untrusted) => Promise<TaskOutcome>;

export function createDisregard({
  observe,
  log,
}: {
  readonly observe: Observe;
  readonly log: Logger;
}): Disregard {
  return async (run, { subscriptionId, operationId, action }, found) => {
    const about = { security: true, subscriptionId, operationId, action };
    switch (found.kind) {
      case 'foreign':
        log.warn(
          { ...about, publisherId: found.publisherId },
          "a notification named another publisher's subscription; nothing was done",
        );
        // Only the log names the called publisher: keys of the subscription's publisher read the timeline.
        await run.note('publisherContradicted', { action });
        return DONE;
      case 'forbidden':
        log.warn(about, 'a notification named no subscription of the publisher; nothing was done');
        await run.note('operationUnconfirmed', { action, reason: 'forbidden' });
        return DONE;
      default: {
        const { operation, disagrees } = found;
        log.warn(
          { security: true, subscriptionId, operationId: operation.id, disagrees },
          'a notification contradicted its operation; nothing was done',
        );
        // Reading Microsoft's record is safe.
        await observe(run);
        await run.note('operationContradicted', { disagrees });
        return DONE;
      }
    }
  };
}
