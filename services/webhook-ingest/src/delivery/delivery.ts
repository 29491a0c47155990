import { createHash } from 'node:crypto';
import { needsDecision } from '@landfall/domain/operation';
import { isGuid } from '@landfall/marketplace/ids';
import { decodeNotification, type Notification } from '@landfall/marketplace/notification';
import type { Arrival } from './arrival.ts';
import type { BodyText } from './body-text.ts';
import { dedupeKey } from './dedupe-key.ts';
import { timeOrderedId } from './time-ordered-id.ts';

/** GUIDs have 36 characters. An index entry is limited to about 2,700 bytes; a longer one could never be stored. */
const MAX_ID_LENGTH = 200;
/** Microsoft's bodies have three levels. Walking thousands of levels would overflow the stack. */
const MAX_DEPTH = 50;

/** A call of a verified caller, ready to be stored. */
export interface Delivery {
  /** Becomes the notification's id if this is its first delivery. */
  readonly id: string;
  readonly dedupeKey: string;
  /** Publisher whose webhook was called, according to the caller's token; undefined if the sole publisher has no id. */
  readonly publisherId: string | undefined;
  readonly operationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  /** As sent; empty if there was none. */
  readonly action: string;
  readonly planId?: string | undefined;
  readonly quantity: number | null;
  readonly body: string;
  readonly problems: readonly string[];
  readonly correlationId: string;
  /** The span of the call; undefined if its trace is not recorded. */
  readonly traceParent?: string | undefined;
  readonly receivedAt: Date;
  /** Version of the caller's token. */
  readonly tokenVersion: 1 | 2;
  readonly arrival: Arrival;
  readonly judgement: Judgement;
  /** It has no readable subscription, or its action is unclear. */
  readonly isUnreadable: boolean;
}

/**
 * Whether Microsoft waits for a yes or no. `decide`: there is enough data to ask for a decision.
 * `unjudgeable`: it may be a change that a rule would refuse, but the data is not enough to know.
 */
export type Judgement = 'none' | 'decide' | 'unjudgeable';

/**
 * Reads the body of a call. Never throws: a body that cannot be read is kept as it came, with its problems named,
 * because a 4xx would refuse the customer's change for a mistake of ours.
 */
export function readDelivery(
  read: BodyText & { readonly bytes: Uint8Array },
  call: Pick<
    Delivery,
    'receivedAt' | 'correlationId' | 'traceParent' | 'tokenVersion' | 'publisherId' | 'arrival'
  >,
): Delivery {
  const { receivedAt, publisherId } = call;
  const body = storable(withoutPurchaseToken(read.text));
  const parsed = parse(body);
  const decoded = decodeNotification(parsed.value);
  const problems = [...(parsed.isJson ? decoded.problems : [read.problem ?? 'not-json'])];
  const action = storable(decoded.action ?? '');
  const [operationId, subscriptionId] = [idOf(decoded.operationId), idOf(decoded.subscriptionId)];
  if (decoded.operationId !== undefined && operationId === undefined) problems.push('id-too-long');
  if (decoded.subscriptionId !== undefined && subscriptionId === undefined) {
    problems.push('subscriptionId-too-long');
  }
  const hasSubscription = subscriptionId !== undefined && isGuid(subscriptionId);
  if (subscriptionId !== undefined && !hasSubscription) problems.push('subscriptionId-no-guid');
  const judgement = judgementOf(action, hasSubscription);
  // A body that was not unpacked has no text, so its bytes tell such calls apart.
  const unparsed = read.problem ? createHash('sha256').update(read.bytes).digest('hex') : body;
  return {
    id: timeOrderedId(),
    dedupeKey: storable(
      dedupeKey(
        { publisherId, ...identityOf(decoded) },
        !parsed.isJson || isDeep(parsed.value) ? unparsed : parsed.value,
        receivedAt,
      ),
    ),
    operationId,
    subscriptionId,
    action,
    planId: decoded.planId && storable(decoded.planId),
    quantity: decoded.quantity,
    body,
    problems: problems.map(storable),
    ...call,
    judgement,
    isUnreadable: judgement === 'unjudgeable' || !hasSubscription,
  };
}

/** Copying the whole notification would also build its `raw` body. */
function identityOf({ operationId, subscriptionId, action }: Notification) {
  return { operationId, subscriptionId, action };
}

function judgementOf(action: string, hasSubscription: boolean): Judgement {
  if (action === '') return 'unjudgeable';
  if (!needsDecision(action)) return 'none';
  return hasSubscription ? 'decide' : 'unjudgeable';
}

function parse(text: string): { isJson: boolean; value: unknown } {
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false, value: text };
  }
}

/** Undefined if the text is too long for an id; the id then counts as absent. */
function idOf(id: string | undefined): string | undefined {
  return id === undefined || id.length > MAX_ID_LENGTH ? undefined : storable(id);
}

function isDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1));
}

/** Removes only the token's value, even from text that is not JSON. The token opens the landing page. */
function withoutPurchaseToken(text: string): string {
  return text.replace(/("\s*purchasetoken\s*"\s*:\s*")(?:[^"\\]|\\.)*/gi, '$1');
}

/**
 * Text that Postgres can store and returns unchanged. It rejects NUL, and one such row would fail the statement for all
 * rows in it. Half of a surrogate pair (a single "\\ud800") would come back as another character.
 */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
