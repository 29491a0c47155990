import { z } from 'zod';
import { isFault } from '@landfall/domain/fault.ts';
import { contradiction, knownAction, needsAnswer } from '@landfall/domain/operation.ts';
import { isGuid } from '@landfall/marketplace/ids.ts';
import type { MarketplaceOperation } from '@landfall/marketplace/operation.ts';
import type { Task } from '../lanes/task.ts';
import { findOperation } from '../store/operations.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { TaskDeps } from './deps.ts';

const payloadSchema = z.object({
  operationId: z.string().optional(),
  action: z.string(),
  /** Hints of what is to be seen: never applied, only looked for. */
  planId: z.string().optional(),
  quantity: z.number().nullish(),
  receivedAt: z.coerce.date().optional(),
  /** Whose webhook was called; absent where there is one publisher. */
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

/** What Microsoft's operation says of a notification. */
export type Confirmation =
  /** The operation has its outcome already. */
  | { readonly kind: 'settled' }
  /** One publisher's webhook was called for another one's subscription; Microsoft was not asked. */
  | { readonly kind: 'foreign'; readonly publisherId: string }
  /** Not an offer of this publisher's. */
  | { readonly kind: 'forbidden' }
  /** Microsoft shows no such operation, or none that can be asked for: not yet, or never. */
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
 * The operation that a notification names. Where it names none that can be asked for (the smallest
 * notifications have no id, others one that is no GUID), the one in progress with its action is meant.
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
 * Whether Microsoft forbids a subscription that we do not know while our access is good: then it is no
 * offer of this publisher's, and waiting for access would be for ever.
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
