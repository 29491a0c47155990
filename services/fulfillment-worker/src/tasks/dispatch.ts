import { z } from 'zod';
import type { Publisher } from '@landfall/marketplace/publishers.ts';
import { taskKinds, type TaskHandler, type TaskHandlers } from '../lanes/task.ts';
import { inNameOf, publisherOfSubscription, type HouseDeps } from '../publishers.ts';
import { taskHandlers } from './handlers.ts';

/** Of a subscription that is not known yet the task says whose it is presumed to be. */
const presumed = z.object({ publisherId: z.string().optional() });

/**
 * Every kind of task, run with the access of the publisher whose subscription it is about and with no
 * other's.
 */
export function dispatchedTaskHandlers(house: HouseDeps): TaskHandlers {
  const handlersOf = new Map<Publisher, TaskHandlers>(
    house.publishers.all.map((one) => [one, taskHandlers(inNameOf(house, one))]),
  );
  const dispatched = taskKinds.map((kind): [string, TaskHandler] => [
    kind,
    async (task, write) => {
      const { publisherId } = presumed.parse(task.payload);
      const publisher = await publisherOfSubscription(house, task.subscriptionId, publisherId);
      const handlers = handlersOf.get(publisher);
      if (!handlers) throw new Error('a publisher has no handlers');
      return await handlers[kind](task, write);
    },
  ]);
  return Object.fromEntries(dispatched) as unknown as TaskHandlers;
}
