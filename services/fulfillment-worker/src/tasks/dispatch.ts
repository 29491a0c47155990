import { z } from 'zod';
import type { Publisher } from '@landfall/publishers/publishers';
import type { TaskHandler, TaskHandlers } from '../lanes/task.ts';
import { taskKinds, type Task } from '../store/tasks.ts';
import {
  forPublisher,
  withoutPublisher,
  isPublisherUnknown,
  publisherOfSubscription,
  type WorkerDeps,
} from '../publishers.ts';
import { taskHandlers } from './handlers.ts';

/** For an unknown subscription the task names its presumed publisher. */
const presumed = z.object({ publisherId: z.string().optional() });

/**
 * The handler of every kind of task. It runs with the access of the subscription's publisher and no other. A
 * timer also runs without access, if the publisher is no longer configured: people are erased from our
 * record on time.
 */
export function dispatchedTaskHandlers(worker: WorkerDeps): TaskHandlers {
  const handlersOf = new Map<Publisher, TaskHandlers>(
    worker.publishers.all.map((one) => [one, taskHandlers(forPublisher(worker, one))]),
  );
  const unlisted = taskHandlers(withoutPublisher(worker));
  const handlersFor = async (task: Task): Promise<TaskHandlers> => {
    const { publisherId } = presumed.parse(task.payload);
    const publisher = await publisherOfSubscription(worker, task.subscriptionId, publisherId);
    const handlers = handlersOf.get(publisher);
    if (!handlers) throw new Error('a publisher has no handlers');
    return handlers;
  };
  const dispatched = taskKinds.map((kind): [string, TaskHandler] => [
    kind,
    async (task, write) => {
      const handlers = await handlersFor(task).catch((error: unknown) => {
        if (kind === 'timer' && isPublisherUnknown(error)) return unlisted;
        throw error;
      });
      return await handlers[kind](task, write);
    },
  ]);
  return Object.fromEntries(dispatched) as unknown as TaskHandlers;
}
