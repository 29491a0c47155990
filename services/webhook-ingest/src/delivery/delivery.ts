import { createHash, randomUUID } from 'node:crypto';
import { needsDecision } from '@landfall/domain/operation';
import { isGuid } from '@landfall/marketplace/ids';
import { decodeNotification } from '@landfall/marketplace/notification';
import type { BodyText } from './body-text.ts';
import { dedupeKey } from './dedupe-key.ts';

/** GUIDs have 36. An index entry has a limit of about 2,700 bytes, and such a row would never be taken. */
const MAX_ID_LENGTH = 200;
/** Microsoft's bodies have three levels; walking thousands of them overflows the stack. */
const MAX_DEPTH = 50;

/** One call of a genuine caller, ready to be stored. */
export interface Delivery {
  /** Becomes the notification's id where the call is its first delivery. */
  readonly id: string;
  readonly dedupeKey: string;
  /** Whose webhook was called, by the caller's token; undefined where nobody has named the only one. */
  readonly publisherId: string | undefined;
  readonly operationId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  /** As sent; empty where there was none. */
  readonly action: string;
  readonly planId?: string | undefined;
  readonly quantity: number | null;
  readonly body: string;
  readonly problems: readonly string[];
  readonly correlationId: string;
  readonly receivedAt: Date;
  /** Version of the token that the caller had. */
  readonly tokenVersion: 1 | 2;
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
 * Reads a call's body. Never fails: what cannot be read is kept as it came, with the problems named,
 * because a 4xx would refuse the customer's change for a fault in our reading.
 */
export function readDelivery(
  read: BodyText & { readonly bytes: Uint8Array },
  call: Pick<Delivery, 'receivedAt' | 'correlationId' | 'tokenVersion' | 'publisherId'>,
): Delivery {
  const { receivedAt, publisherId } = call;
  const body = storable(withoutPurchaseToken(read.text));
  const parsed = parse(body);
  const told = decodeNotification(parsed.value);
  const problems = [...(parsed.isJson ? told.problems : [read.problem ?? 'not-json'])];
  const action = storable(told.action ?? '');
  const [operationId, subscriptionId] = [idOf(told.operationId), idOf(told.subscriptionId)];
  if (told.operationId !== undefined && operationId === undefined) problems.push('id-too-long');
  if (told.subscriptionId !== undefined && subscriptionId === undefined) {
    problems.push('subscriptionId-too-long');
  }
  const leadsToSubscription = subscriptionId !== undefined && isGuid(subscriptionId);
  if (subscriptionId !== undefined && !leadsToSubscription) problems.push('subscriptionId-no-guid');
  const judgement = judgementOf(action, leadsToSubscription);
  // A body that was not unpacked has no text, so its bytes distinguish such calls.
  const unparsed = read.problem ? createHash('sha256').update(read.bytes).digest('hex') : body;
  return {
    id: randomUUID(),
    dedupeKey: storable(
      dedupeKey(
        { ...told, publisherId },
        !parsed.isJson || isDeep(parsed.value) ? unparsed : parsed.value,
        receivedAt,
      ),
    ),
    operationId,
    subscriptionId,
    action,
    planId: told.planId && storable(told.planId),
    quantity: told.quantity,
    body,
    problems: problems.map(storable),
    ...call,
    judgement,
    isUnreadable: judgement === 'unjudgeable' || !leadsToSubscription,
  };
}

function judgementOf(action: string, leadsToSubscription: boolean): Judgement {
  if (action === '') return 'unjudgeable';
  if (!needsDecision(action)) return 'none';
  return leadsToSubscription ? 'decide' : 'unjudgeable';
}

function parse(text: string): { isJson: boolean; value: unknown } {
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false, value: text };
  }
}

/** Undefined where it is too long for an id, which then counts as absent. */
function idOf(id: string | undefined): string | undefined {
  return id === undefined || id.length > MAX_ID_LENGTH ? undefined : storable(id);
}

function isDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1));
}

/** Blanks the value and nothing else, also in text that is no JSON: the token opens the landing page. */
function withoutPurchaseToken(text: string): string {
  return text.replace(/("\s*purchasetoken\s*"\s*:\s*")(?:[^"\\]|\\.)*/gi, '$1');
}

/**
 * As Postgres gives it back. It keeps no NUL in text, and one such row would fail the statement for its
 * neighbours; half of a surrogate pair (a lone "\\ud800") comes back as another character.
 */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
