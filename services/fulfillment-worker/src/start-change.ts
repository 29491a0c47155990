import type { WantedChange } from '@landfall/domain/change.ts';
import type { Trx } from './db/schema.ts';
import { addTask } from './lanes/lane-store.ts';
import { insertChange } from './store/changes.ts';
import { addToTimeline, type Context } from './store/timeline.ts';

export interface NewChange {
  readonly id: string;
  readonly subscriptionId: string;
  readonly wanted: WantedChange;
  readonly approvedBy: string;
  /** The operation that this changes back. */
  readonly compensates?: string | undefined;
  readonly at: Date;
}

/**
 * Stores a change that Microsoft is to be asked for, with the task that does so, in the caller's
 * transaction. That it may be asked for, and that no other is open, has been seen to. Who approved is
 * kept with the change; the timeline names nobody.
 */
export async function startChange(trx: Trx, change: NewChange, context: Context): Promise<void> {
  const { id: changeId, subscriptionId, wanted, compensates, at } = change;
  await insertChange(trx, change);
  const { kind: wantedKind, ...target } = wanted;
  const kind = compensates === undefined ? 'changeRequested' : 'compensationRequested';
  const details = { changeId, change: wantedKind, ...target };
  await addToTimeline(trx, { subscriptionId, kind, at, details }, context);
  await addTask(trx, {
    subscriptionId,
    kind: 'submitChange',
    payload: { changeId },
    correlationId: context.correlationId,
    dedupeKey: `submitChange:${changeId}`,
  });
}
