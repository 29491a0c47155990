import type { LaneWrite, TaskOutcome } from '../lanes/task.ts';
import type { Observation, ObserveOptions } from '../observe-subscription.ts';
import type { Task } from '../store/tasks.ts';
import { addToTimeline, latestKind, type Context } from '../store/timeline.ts';

type Details = Readonly<Record<string, unknown>>;

/** One run of a task: the task, why it writes, and writes that only succeed while the lane is held. */
export interface TaskRun {
  readonly task: Task;
  readonly context: Context;
  readonly write: LaneWrite;
  /** Adds an entry to the subscription's timeline. The details must not name people. */
  note(kind: string, details: Details): Promise<void>;
  /** Adds the entry unless the latest entry has the same kind, for what every run finds again. */
  noteOnce(kind: string, details: Details): Promise<void>;
  /** The same run, with this operation named in everything that it writes. */
  about(operation: Pick<Context, 'operationId' | 'action'>): TaskRun;
}

/** Does the work of one task. The outcome says whether and when it runs again. */
export type RunTask = (run: TaskRun) => Promise<TaskOutcome>;

/** Reads the task's subscription at Microsoft and records what is new, while the lane is held. */
export type Observe = (
  run: TaskRun,
  options?: Omit<ObserveOptions, 'write' | 'firstSeen'>,
) => Promise<Observation>;

export function taskRun(now: () => Date, of: Pick<TaskRun, 'task' | 'context' | 'write'>): TaskRun {
  const { task, context, write } = of;
  const { subscriptionId } = task;
  return {
    ...of,
    note: async (kind, details) => {
      const entry = { subscriptionId, kind, at: now(), details };
      await write((trx) => addToTimeline(trx, entry, context));
    },
    noteOnce: async (kind, details) => {
      const entry = { subscriptionId, kind, at: now(), details };
      await write(async (trx) => {
        if ((await latestKind(trx, subscriptionId)) === kind) return;
        await addToTimeline(trx, entry, context);
      });
    },
    about: (operation) => taskRun(now, { ...of, context: { ...context, ...operation } }),
  };
}
