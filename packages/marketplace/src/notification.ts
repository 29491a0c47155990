import {
  normaliseOperationStatus,
  readAction,
  readRequestSource,
  type OperationAction,
  type OperationStatus,
} from './operation.ts';
import { isGuid } from './ids.ts';
import { isObject, reader } from './read.ts';
import { decodeSubscription, type MarketplaceSubscription } from './subscription.ts';

/**
 * A call of the connection webhook as it was sent. It is only a hint until Get Operation and Get
 * Subscription agree. Missing values are undefined, and `problems` names values that could not be read.
 * `subscription` is Microsoft's snapshot; for an operation in progress it shows the state before the change.
 */
export interface Notification {
  readonly operationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly action?: OperationAction | undefined;
  readonly status: OperationStatus;
  readonly planId?: string | undefined;
  readonly quantity: number | null;
  readonly publisherId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly activityId?: string | undefined;
  readonly requestSource?: string | undefined;
  readonly timeStamp?: Date | undefined;
  readonly subscription?: MarketplaceSubscription | undefined;
  readonly problems: readonly string[];
  /** The body as sent, except for its purchase token. */
  readonly raw: unknown;
}

/**
 * Reads every form of notification that Microsoft has sent or documented since 2019. Never throws: a body
 * that is not an object gives an empty notification with the problem `not-an-object`.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-fulfillment-webhook
 */
export function decodeNotification(body: unknown): Notification {
  const problems: string[] = [];
  const from = reader(body, problems);
  if (!from) {
    return { status: 'Unknown', quantity: null, problems: ['not-an-object'], raw: body };
  }
  const operationId = from.guid('id', 'operationId');
  const snapshot = readSnapshot(from.value('subscription'), problems);
  const outerId = from.guid('subscriptionId');
  const subscriptionId = outerId ?? snapshot?.id;
  const action = readAction(from);
  if (operationId === undefined) problems.push('id-missing');
  if (subscriptionId === undefined) problems.push('subscriptionId-missing');
  if (action === undefined) problems.push('action-missing');
  if (outerId !== undefined && snapshot !== undefined && snapshot.id !== outerId) {
    problems.push('subscriptionId-contradicts-snapshot');
  }
  return {
    operationId,
    subscriptionId,
    action,
    status: normaliseOperationStatus(from.value('status')),
    planId: from.text('planId'),
    quantity: from.seats('quantity') ?? null,
    publisherId: from.text('publisherId'),
    offerId: from.text('offerId'),
    activityId: from.guid('activityId'),
    requestSource: readRequestSource(from),
    timeStamp: from.date('timeStamp'),
    subscription: snapshot,
    problems,
    // Built only when it is read.
    get raw() {
      return withoutPurchaseToken(body);
    },
  };
}

function readSnapshot(raw: unknown, problems: string[]): MarketplaceSubscription | undefined {
  if (raw === undefined) return undefined;
  if (!isGuid(reader(raw, [])?.guid('id'))) {
    problems.push('subscription-unreadable');
    return undefined;
  }
  const snapshot = decodeSubscription(raw);
  problems.push(...snapshot.problems.map((problem) => `subscription.${problem}`));
  return snapshot;
}

/** A purchase token opens the landing page, so it must not be stored. */
function withoutPurchaseToken(body: unknown): unknown {
  if (!isObject(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) =>
      key.trim().toLowerCase() === 'purchasetoken' ? [key, null] : [key, value],
    ),
  );
}
