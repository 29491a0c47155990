import type { Subscription } from '@landfall/domain/subscription';
import { effectOf } from '@landfall/domain/told';
import type { Db } from '../db/schema.ts';
import { markShown, missingOf, settledOtherwise, type Expectation } from '../store/expectations.ts';
import { findOperation } from '../store/operations.ts';
import { addToTimeline } from '../store/timeline.ts';
import { scheduleCompensation } from './settle-operation.ts';
import type { TaskRun } from './task-run.ts';

/** Ends the search for every change that a reading shows, and records that on the timeline. */
export type EndSearches = (run: TaskRun, state: Subscription) => Promise<void>;

export function createEndSearches({
  db,
  now,
}: {
  readonly db: Db;
  readonly now: () => Date;
}): EndSearches {
  return async (run, state) => {
    const { correlationId } = run.task;
    for (const expected of await missingOf(db.kysely, state.id)) {
      const isOver =
        effectOf(expected, state) === 'shown' ||
        (await settledOtherwise(db.kysely, expected, correlationId)) !== undefined;
      if (isOver) await endSearch(run, expected, now());
    }
  };
}

async function endSearch(run: TaskRun, expected: Expectation, at: Date): Promise<void> {
  const { subscriptionId, operationId, action, planId, quantity = null } = expected;
  const { context, write } = run.about({ operationId });
  await write(async (trx) => {
    if (!(await markShown(trx, expected))) return;
    const entry = { subscriptionId, kind: 'effectSeen', at, details: { action } };
    await addToTimeline(trx, entry, context);
    if (operationId === undefined) return;
    const row = await findOperation(trx, { subscriptionId, operationId });
    if (row?.outcome !== 'overruled') return;
    const refused = { id: operationId, subscriptionId, planId, quantity };
    await scheduleCompensation(trx, refused, context);
  });
}
