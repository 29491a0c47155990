import { z } from 'zod';
import { isFault } from '@landfall/domain/fault';
import { contradiction, knownAction, needsAnswer } from '@landfall/domain/operation';
import { isGuid } from '@landfall/marketplace/ids';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Task } from '../store/tasks.ts';
import { findOperation } from '../store/operations.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { TaskDeps } from './deps.ts';

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

/** What a notification says: a hint, until Microsoft's own records agree. */
export type Notice = z.output<typeof payloadSchema> & {
  readonly subscriptionId: string;
  readonly correlationId: string;
};

export function noticeOf({ subscriptionId, correlationId, payload }: Task): Notice {
  return { ...payloadSchema.parse(payload), subscriptionId, correlationId };
}

/** What Microsoft's operation says about a notification. */
export type Confirmation =
  /** The operation has its outcome already. */
  | { readonly kind: 'settled' }
  /** One publisher's webhook was called for another one's subscription; Microsoft was not asked. */
  | { readonly kind: 'foreign'; readonly publisherId: string }
  /** Not an offer of this publisher. */
  | { readonly kind: 'forbidden' }
  /** Microsoft does not show the operation (yet), or the notification has no usable id. */
  | { readonly kind: 'unconfirmed' }
  | {
      readonly kind: 'contradicted';
      readonly operation: MarketplaceOperation;
      readonly disagrees: string;
    }
  | { readonly kind: 'confirmed'; readonly operation: MarketplaceOperation };

/** Compares a notification with its operation at Microsoft. Reads only. */
export async function confirmOperation(deps: TaskDeps, notice: Notice): Promise<Confirmation> {
  const { subscriptionId, publisherId } = notice;
  if (publisherId !== undefined && deps.isForeign?.(publisherId)) {
    return { kind: 'foreign', publisherId };
  }
  let operation: MarketplaceOperation | undefined;
  try {
    operation = await operationOf(deps, notice);
  } catch (error: unknown) {
    if (await isForbidden(deps, notice, error)) return { kind: 'forbidden' };
    throw error;
  }
  const operationId = operation?.id ?? notice.operationId;
  if (operationId !== undefined) {
    const row = await findOperation(deps.db.kysely, { subscriptionId, operationId });
    if (row?.outcome) return { kind: 'settled' };
  }
  if (!operation) return { kind: 'unconfirmed' };
  const { action } = notice;
  const disagrees = contradiction({ subscriptionId, operationId: operation.id, action }, operation);
  return disagrees === undefined
    ? { kind: 'confirmed', operation }
    : { kind: 'contradicted', operation, disagrees };
}

/**
 * The operation that a notification names. If its id is unusable (small notifications have none, others have one
 * that is not a GUID), this is the operation in progress with the same action.
 */
async function operationOf(
  deps: TaskDeps,
  { subscriptionId, operationId, action, correlationId }: Notice,
): Promise<MarketplaceOperation | undefined> {
  const call = { correlationId };
  if (operationId !== undefined && isGuid(operationId)) {
    return await deps.fulfillment.getOperation(subscriptionId, operationId, call);
  }
  if (!needsAnswer(action) || !isGuid(subscriptionId)) return undefined;
  const open = await deps.fulfillment.listOperations(subscriptionId, call);
  return open.find((operation) => knownAction(operation.action) === knownAction(action));
}

/**
 * Whether Microsoft forbids an unknown subscription although our access works. Then it is not an offer of this
 * publisher, and waiting for access would never end.
 */
async function isForbidden(deps: TaskDeps, notice: Notice, error: unknown): Promise<boolean> {
  if (!isFault(error) || error.code !== 'marketplace.not-authorized') return false;
  if (await findSubscription(deps.db.kysely, notice.subscriptionId)) return false;
  const call = { correlationId: notice.correlationId, priority: 'background' } as const;
  const pages = deps.fulfillment.list(call)[Symbol.asyncIterator]();
  return await pages.next().then(
    () => true,
    () => false,
  );
}
