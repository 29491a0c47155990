import type { Transact } from '../db/schema.ts';
import type { Task } from '../store/tasks.ts';
import { addToTimeline, latestKind, type Context } from '../store/timeline.ts';
import type { TaskDeps } from './deps.ts';

/** One run of a task: what it is about, why it writes, and the lane's guard on its writes. */
export interface TaskRun {
  readonly task: Task;
  readonly context: Context;
  readonly write: Transact;
  /** Writes an entry on the subscription's timeline. No personal data. */
  note(kind: string, details: Readonly<Record<string, unknown>>): Promise<void>;
  /** The same, unless the subscription's latest entry has this kind: for what every round finds again. */
  noteOnce(kind: string, details: Readonly<Record<string, unknown>>): Promise<void>;
}

export function taskRun(
  { now }: Pick<TaskDeps, 'now'>,
  of: Pick<TaskRun, 'task' | 'context' | 'write'>,
): TaskRun {
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
  };
}
