import { knownActions, type KnownAction } from '@landfall/domain/operation';
import { canonical, reader, unexpectedAnswer, type Open, type Reader } from './read.ts';

/** Empty if an operation has no action. */
export type OperationAction = Open<KnownAction>;
export type OperationStatus =
  | 'NotStarted'
  | 'InProgress'
  | 'Succeeded'
  | 'Failed'
  | 'Conflict'
  | 'Unknown';

/** An operation on a subscription. `planId` and `quantity` are the requested values, not the current ones. */
export interface MarketplaceOperation {
  readonly id: string;
  readonly subscriptionId: string;
  readonly action: OperationAction;
  readonly status: OperationStatus;
  readonly planId?: string | undefined;
  readonly quantity: number | null;
  readonly publisherId?: string | undefined;
  readonly offerId?: string | undefined;
  readonly requestSource?: string | undefined;
  readonly timeStamp?: Date | undefined;
  readonly errorStatusCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly problems: readonly string[];
  readonly raw: unknown;
}

/**
 * Reads one operation tolerantly. Throws the fault `marketplace.unexpected-answer` if its own id or its
 * subscription's id is missing, because notifications are checked against these two.
 * https://learn.microsoft.com/partner-center/marketplace-offers/pc-saas-fulfillment-operations-api
 */
export function decodeOperation(raw: unknown): MarketplaceOperation {
  const problems: string[] = [];
  const from = reader(raw, problems);
  const id = from?.guid('id', 'operationId');
  const subscriptionId = from?.guid('subscriptionId');
  if (!from || id === undefined || subscriptionId === undefined) {
    throw unexpectedAnswer('with an operation without an id');
  }
  return {
    id,
    subscriptionId,
    action: readAction(from) ?? '',
    status: normaliseOperationStatus(from.value('status')),
    planId: from.text('planId'),
    quantity: from.seats('quantity') ?? null,
    publisherId: from.text('publisherId'),
    offerId: from.text('offerId'),
    requestSource: readRequestSource(from),
    timeStamp: from.date('timeStamp'),
    errorStatusCode: from.text('errorStatusCode'),
    errorMessage: from.text('errorMessage'),
    problems,
    raw,
  };
}

/** Maps all spellings that Microsoft has used, such as Success, Succeed and "In Progress", to one set. */
export function normaliseOperationStatus(value: unknown): OperationStatus {
  if (typeof value !== 'string') return 'Unknown';
  switch (value.toLowerCase().replaceAll(/[\s_-]/g, '')) {
    case 'succeeded':
    case 'succeed':
    case 'success':
      return 'Succeeded';
    case 'failed':
    case 'failure':
    case 'fail':
      return 'Failed';
    case 'inprogress':
      return 'InProgress';
    case 'notstarted':
      return 'NotStarted';
    case 'conflict':
      return 'Conflict';
    default:
      return 'Unknown';
  }
}

/** The action of an operation or notification in its known spelling; undefined if there is none. */
export function readAction(from: Reader): OperationAction | undefined {
  const word = from.text('action', 'operationType');
  return word === undefined ? undefined : canonical(word, knownActions);
}

/** The second name comes from a published emulator. */
export function readRequestSource(from: Reader): string | undefined {
  return from.text('operationRequestSource', 'operationRequestedSource');
}
