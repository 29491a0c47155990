import { z } from 'zod';
import type { Trx } from '../db/schema.ts';
import { DONE } from '../lanes/task.ts';
import type { Task } from '../store/tasks.ts';
import { addFindings, markUnhealed } from '../store/run-progress.ts';
import type { Observe, RunTask } from './task-run.ts';
import type { EndSearches } from './end-searches.ts';

const payload = z.object({ isListed: z.boolean().optional(), publisherId: z.string().optional() });

/** Why a listed subscription remains different, for people. */
const DETAILS = {
  foreign: 'the record belongs to another publisher',
  'listed-only': 'Microsoft lists it but does not know it when asked',
} as const;

/**
 * Heals a difference that reconciliation found. The list may be outdated, so the subscription is read again,
 * with background priority: customers' calls come first.
 */
export function convergeTask(deps: {
  readonly observe: Observe;
  readonly endSearches: EndSearches;
  /** The publisher whose access reads the subscription. */
  readonly publisherId: string | undefined;
}): RunTask {
  return async (run) => {
    const { task, write } = run;
    const { isListed, publisherId } = payload.parse(task.payload);
    const seen = await deps.observe(run, { call: { priority: 'background' } });
    if (seen.state) await deps.endSearches(run, seen.state);
    const isForeign = publisherId !== undefined && publisherId !== deps.publisherId;
    if (isForeign || (isListed && seen.kind === 'missing')) {
      await write((trx) => recordUnhealed(trx, task, isForeign ? 'foreign' : 'listed-only'));
    }
    return DONE;
  };
}

/** Recorded once, even if the task is repeated after a crash. */
async function recordUnhealed(
  trx: Trx,
  { id, subscriptionId, correlationId: runId }: Task,
  kind: keyof typeof DETAILS,
): Promise<void> {
  if (!(await markUnhealed(trx, id))) return;
  await addFindings(trx, runId, [{ subscriptionId, kind, detail: DETAILS[kind] }]);
}
