import { isFault } from '@landfall/domain/fault';
import { contradiction, knownAction, needsAnswer } from '@landfall/domain/operation';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { isGuid } from '@landfall/marketplace/ids';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import type { Db } from '../db/schema.ts';
import { mayBeDecidedLate } from '../decisions/decide-operation.ts';
import type { KnownOperation, ReadKnownOperation } from '../store/known-operations.ts';
import { findOperation } from '../store/operations.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { notifiedAt, type Notice } from './notice.ts';

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
  | {
      readonly kind: 'confirmed';
      readonly operation: MarketplaceOperation;
      readonly known: KnownOperation;
    };

/** Compares a notification with its operation at Microsoft. Reads only. */
export type ConfirmOperation = (notice: Notice) => Promise<Confirmation>;

interface ConfirmDeps {
  readonly db: Db;
  readonly readKnown: ReadKnownOperation;
  readonly fulfillment: Pick<Fulfillment, 'getOperation' | 'listOperations' | 'list'>;
  readonly isForeign: ((publisherId: string) => boolean) | undefined;
}

export function createConfirmOperation(deps: ConfirmDeps): ConfirmOperation {
  return async (notice) => {
    const { subscriptionId, publisherId, action } = notice;
    if (publisherId !== undefined && deps.isForeign?.(publisherId)) {
      return { kind: 'foreign', publisherId };
    }
    let operation: MarketplaceOperation | undefined;
    try {
      operation = await operationOf(deps.fulfillment, notice);
    } catch (error: unknown) {
      if (await isForbidden(deps, notice, error)) return { kind: 'forbidden' };
      throw error;
    }
    if (!operation) return await withoutOperation(deps, notice);
    const known = await deps.readKnown({
      subscriptionId,
      operationId: operation.id,
      action: operation.action,
      notifiedAt: notifiedAt(operation, notice),
      needsPolicy: mayBeDecidedLate(operation),
    });
    if (known.row?.outcome) return { kind: 'settled' };
    const claimed = { subscriptionId, operationId: operation.id, action };
    const disagrees = contradiction(claimed, operation);
    return disagrees === undefined
      ? { kind: 'confirmed', operation, known }
      : { kind: 'contradicted', operation, disagrees };
  };
}

/** Microsoft does not show the operation, or no longer shows it, but we may have its outcome. */
async function withoutOperation(
  { db }: Pick<ConfirmDeps, 'db'>,
  { subscriptionId, operationId }: Notice,
): Promise<Confirmation> {
  if (operationId === undefined) return { kind: 'unconfirmed' };
  const row = await findOperation(db.kysely, { subscriptionId, operationId });
  return { kind: row?.outcome ? 'settled' : 'unconfirmed' };
}

/**
 * The operation that a notification names. If its id is unusable (small notifications have none, others have one
 * that is not a GUID), this is the operation in progress with the same action.
 */
async function operationOf(
  fulfillment: Pick<Fulfillment, 'getOperation' | 'listOperations'>,
  { subscriptionId, operationId, action, correlationId }: Notice,
): Promise<MarketplaceOperation | undefined> {
  const call = { correlationId };
  if (operationId !== undefined && isGuid(operationId)) {
    return await fulfillment.getOperation(subscriptionId, operationId, call);
  }
  if (!needsAnswer(action) || !isGuid(subscriptionId)) return undefined;
  const open = await fulfillment.listOperations(subscriptionId, call);
  return open.find((operation) => knownAction(operation.action) === knownAction(action));
}

/**
 * Whether Microsoft forbids an unknown subscription although our access works. Then it is not an offer of this
 * publisher, and waiting for access would never end.
 */
async function isForbidden(
  { db, fulfillment }: ConfirmDeps,
  { subscriptionId, correlationId }: Notice,
  error: unknown,
): Promise<boolean> {
  if (!isFault(error) || error.code !== 'marketplace.not-authorized') return false;
  if (await findSubscription(db.kysely, subscriptionId)) return false;
  const pages = fulfillment.list({ correlationId, priority: 'background' })[Symbol.asyncIterator]();
  return await pages.next().then(
    () => true,
    () => false,
  );
}
