import type { Transact } from '../db/schema.ts';
import type { LastWrites } from '../store/save-record.ts';
import type { Task, TaskKind } from '../store/tasks.ts';

/** Done, or run again after a pause. Waiting for Microsoft is not a failure. */
export type TaskOutcome = 'done' | { readonly retryInMs: number };

export const DONE: TaskOutcome = 'done';

export function retryIn(retryInMs: number): TaskOutcome {
  return { retryInMs };
}

/** Runs a function in one transaction, only while the lane is held. */
export interface LaneWrite extends Transact {
  /**
   * Ends the task with these writes, in one statement, which also releases the lane after its last task; the handler then
   * only returns {@link DONE}. False if the task has not ended: the handler continues with transactions, which read the record
   * again. Absent outside a lane.
   */
  readonly last?: (writes: LastWrites) => Promise<boolean>;
}

/**
 * Does one step. It may be repeated after a crash at any point, so it reads before it acts. It writes only
 * through `write`, which fails once another worker holds the lane. A thrown fault runs the task later, or
 * parks it if the fault's retry is `never`.
 */
export type TaskHandler = (task: Task, write: LaneWrite) => Promise<TaskOutcome>;

export type TaskHandlers = Readonly<Record<TaskKind, TaskHandler>>;
