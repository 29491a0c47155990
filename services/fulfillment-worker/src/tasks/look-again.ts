import { z } from 'zod';
import type { Db } from '../db/schema.ts';
import { stepOf } from '@landfall/domain/back-off';
import { retryIn, DONE } from '../lanes/task.ts';
import { missingOf } from '../store/expectations.ts';
import { LATE_LOOKS_MS } from './await-effect.ts';
import type { EndSearches } from './end-searches.ts';
import type { Observe, RunTask } from './task-run.ts';

const payloadSchema = z.object({
  /** The change to look for; absent: the record is only read once more. */
  key: z.string().optional(),
});

/** Reads a record once more, in the background, and ends the search for changes that it now shows. */
export function lookAgainTask({
  db,
  observe,
  endSearches,
}: {
  readonly db: Db;
  readonly observe: Observe;
  readonly endSearches: EndSearches;
}): RunTask {
  return async (run) => {
    const { task } = run;
    const { key } = payloadSchema.parse(task.payload);
    const { state } = await observe(run, { call: { priority: 'background' } });
    if (state) await endSearches(run, state);
    if (key === undefined) return DONE;
    const left = await missingOf(db.kysely, task.subscriptionId);
    const isMissing = left.some((expected) => expected.key === key);
    const hasNext = task.polls + 1 < LATE_LOOKS_MS.length;
    return isMissing && hasNext ? retryIn(stepOf(LATE_LOOKS_MS, task.polls + 1)) : DONE;
  };
}
