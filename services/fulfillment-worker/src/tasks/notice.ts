import { z } from 'zod';
import { knownAction } from '@landfall/domain/operation';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Logger } from '@landfall/service-kit/log';
import type { Task } from '../store/tasks.ts';
import type { TaskRun } from './task-run.ts';

const payloadSchema = z.object({
  operationId: z.string().optional(),
  action: z.string(),
  /** Hints about the expected change. They are never applied, only looked for in the record. */
  planId: z.string().optional(),
  quantity: z.number().nullish(),
  receivedAt: z.coerce.date().optional(),
  /** The publisher of the called webhook; absent if there is only one. */
  publisherId: z.string().optional(),
});

/** What a notification says. It is only a hint until Microsoft's own records agree. */
export type Notice = z.output<typeof payloadSchema> & {
  readonly subscriptionId: string;
  readonly correlationId: string;
  /** When its task was created. */
  readonly createdAt: Date;
};

export function noticeOf({ subscriptionId, correlationId, createdAt, payload }: Task): Notice {
  return { ...payloadSchema.parse(payload), subscriptionId, correlationId, createdAt };
}

/** When the notified change happened, by Microsoft's clock if known. */
export function notifiedAt(
  { timeStamp }: Pick<MarketplaceOperation, 'timeStamp'>,
  { receivedAt, createdAt }: Notice,
): Date {
  return timeStamp ?? receivedAt ?? createdAt;
}

/** Microsoft may add actions. An unknown one is logged and noted, and the record is read all the same. */
export async function noteUnknownAction(log: Logger, run: TaskRun, notice: Notice): Promise<void> {
  const { subscriptionId, action } = notice;
  if (knownAction(action)) return;
  log.warn({ subscriptionId, action }, 'a notification had an unknown action');
  await run.note('actionUnrecognised', { action });
}
