import type { Transact } from '../db/schema.ts';
import type { Task, TaskKind } from '../store/tasks.ts';

/** Done, or once more after a while: waiting for Microsoft is no failure. */
export type TaskOutcome = 'done' | { readonly retryInMs: number };

export const DONE: TaskOutcome = 'done';

export function retryIn(retryInMs: number): TaskOutcome {
  return { retryInMs };
}

/**
 * Does one step. It may be run again after a crash at any point, so it reads before it acts; it writes
 * through `write` alone, which refuses once another worker holds the lane. Throws a fault to be run
 * later (or to be parked, where the fault says never).
 */
export type TaskHandler = (task: Task, write: Transact) => Promise<TaskOutcome>;

export type TaskHandlers = Readonly<Record<TaskKind, TaskHandler>>;
