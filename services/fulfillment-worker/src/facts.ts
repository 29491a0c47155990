import { createHash } from 'node:crypto';
import {
  subscriptionFactKinds,
  type SubscriptionFact,
  type SubscriptionFactKind,
} from '@landfall/contracts/subscription-facts';
import { subscriptionFactFor } from '@landfall/contracts/subjects';
import type { SubscriptionEvent } from '@landfall/domain/events';
import {
  isTestPurchase,
  type Person,
  type Subscription,
  type Term,
} from '@landfall/domain/subscription';
import {
  PRODUCT_EVENT_VERSION,
  productEvent,
  type ProductEvent,
} from '@landfall/contracts/product-events';
import { outboxRow, type OutboxRow } from '@landfall/service-kit/outbox';
import type { Db, Trx } from './db/schema.ts';
import { saveRecord } from './store/save-record.ts';
import { readAnswers } from './store/subscriptions.ts';
import type { Context } from './store/timeline.ts';

const definitions = Object.fromEntries(
  subscriptionFactKinds.map((kind) => [kind, subscriptionFactFor(kind)]),
) as Record<SubscriptionFactKind, ReturnType<typeof subscriptionFactFor>>;

export interface FactContent {
  readonly kind: SubscriptionFactKind;
  readonly state: Subscription;
  /** The subscription's version after the event. */
  readonly version: number;
  readonly at: Date;
  readonly previous?: SubscriptionFact['previous'];
  readonly reason?: string | undefined;
  readonly dueAt?: Date | undefined;
  readonly refused?: SubscriptionFact['refused'];
  /** Only for the product: facts never name people. */
  readonly person?: ProductEvent['person'];
  /** What the fact is about if the version does not change. Part of the fact's id. */
  readonly cause?: string | undefined;
}

/**
 * Writes a fact to the outbox and stores it as an event for the ISV's product. Its id is a function of
 * subscription, kind and version (or of `cause`, if the version does not change), so that a repeat is the
 * same fact.
 */
export async function enqueueFact(trx: Trx, content: FactContent, context: Context): Promise<void> {
  const { at, state } = content;
  const answers = await answersFor(trx, content);
  const { fact, productEvent } = factRows(content, context, answers);
  const facts = [fact];
  await saveRecord(trx, { at, subscriptionId: state.id, facts, productEvents: [productEvent] });
}

/** The buyer's answers, if facts of this kind give them to the product. */
export async function answersFor(
  db: Db['kysely'],
  { kind, state }: Pick<FactContent, 'kind' | 'state'>,
): Promise<Readonly<Record<string, string>> | undefined> {
  return WITH_ANSWERS.has(kind) ? await readAnswers(db, state.id) : undefined;
}

/** What {@link enqueueFact} writes: the row of the outbox and the event. */
export function factRows(
  content: FactContent,
  context: Context,
  answers: Readonly<Record<string, string>> | undefined,
): { readonly fact: OutboxRow; readonly productEvent: ProductEvent } {
  const { kind, state, version, at } = content;
  const eventId = stableId([state.id, kind, content.cause ?? String(version)]);
  const fact: SubscriptionFact = {
    eventId,
    kind,
    occurredAt: at.toISOString(),
    operationId: context.operationId,
    subscription: {
      id: state.id,
      publisherId: state.publisherId,
      offerId: state.offerId,
      planId: state.planId,
      quantity: state.quantity,
      status: state.status,
      term: termView(state.term),
      isFreeTrial: state.isFreeTrial,
      autoRenew: state.autoRenew,
      isTest: isTestPurchase(state),
      purchasedAt: state.purchasedAt?.toISOString(),
      beneficiaryTenantId: state.beneficiary.tenantId,
      purchaserTenantId: state.purchaser.tenantId,
      version,
    },
    previous: content.previous,
    reason: content.reason,
    dueAt: content.dueAt?.toISOString(),
    refused: content.refused,
  };
  const personal = { beneficiary: state.beneficiary, answers, person: content.person };
  return {
    fact: outboxRow(definitions[kind], fact, {
      messageId: eventId,
      correlationId: context.correlationId,
      causationId: context.operationId,
      occurredAt: at,
    }),
    productEvent: productEventOf(fact, personal),
  };
}

/** A fact as an event for the ISV's product, under the same id. People are named only by their Entra ids. */
function productEventOf(
  fact: SubscriptionFact,
  personal: {
    readonly beneficiary: Person;
    readonly answers?: Readonly<Record<string, string>> | undefined;
    readonly person?: ProductEvent['person'];
  },
): ProductEvent {
  const { beneficiary, answers, person } = personal;
  const { eventId: id, kind, occurredAt, operationId, subscription } = fact;
  const { previous, reason, dueAt, refused } = fact;
  return productEvent.parse({
    id,
    type: `subscription.${kind}`,
    version: PRODUCT_EVENT_VERSION,
    occurredAt,
    subscription: { ...subscription, beneficiary },
    operationId,
    previous,
    reason,
    dueAt,
    refused,
    person,
    answers,
  } satisfies ProductEvent);
}

/** After these the product creates or links the customer's space, using the buyer's answers. */
const WITH_ANSWERS: ReadonlySet<SubscriptionFactKind> = new Set([
  'provisioningRequested',
  'activated',
  'claimed',
]);

/** The values before an event, its reason and the time that it is about, if it has them. */
export function factDetails(
  event: SubscriptionEvent,
): Pick<FactContent, 'previous' | 'reason' | 'dueAt'> {
  switch (event.type) {
    case 'planChanged':
      return {
        previous: { planId: event.from },
        reason: event.endsTrial ? 'trial-ended' : undefined,
      };
    case 'renewed':
      return event.convertsTrial ? { reason: 'trial-converted' } : {};
    case 'approvalRequested':
    case 'approvalDue':
    case 'provisioningRequested':
    case 'configurationDue':
    case 'suspensionEnding':
    case 'erasureDue':
      return { dueAt: event.dueAt };
    case 'provisioningFailed':
      return { reason: event.failure };
    case 'quantityChanged':
      return { previous: { quantity: event.from } };
    case 'activationFailed':
      return { reason: event.failure };
    case 'beneficiaryChanged':
    case 'purchaserChanged':
      return { previous: { tenantId: event.from.tenantId } };
    default:
      return {};
  }
}

export function termView(term: Term) {
  return {
    startDate: term.startDate?.toISOString(),
    endDate: term.endDate?.toISOString(),
    termUnit: term.termUnit,
  };
}

/** A hash in the form of a UUID: short enough for a header and equal for equal parts. */
function stableId(parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
