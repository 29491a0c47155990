import { PRODUCT_EVENT_VERSION, type ProductEvent } from '@landfall/contracts/product-events';
import { fulfillmentUsage } from '@landfall/contracts/streams';
import type {
  UsageFact,
  usageOutcomes,
  UsageSettled,
  UsageThresholdCrossed,
} from '@landfall/contracts/subjects';
import { Fault } from '@landfall/domain/fault';
import { isTestPurchase, type Subscription } from '@landfall/domain/subscription';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import type { Db } from '../db/schema.ts';
import { saveRecord } from '../store/save-record.ts';
import { lockSubscription } from '../store/subscriptions.ts';

type Outcome = (typeof usageOutcomes)[number];

interface UsageDeps {
  readonly bus: Bus;
  readonly db: Db;
  readonly now: () => Date;
  /** Called after an event was stored. */
  readonly wakeSender: () => void;
}

/**
 * Turns facts about usage into events for the product. The event has the fact's id, so a repeated fact is the same event. An
 * inbox would need a row for every billed hour. The subscription's row is locked, because that lock gives events of the
 * subscription their order. Throws `usage.subscription-unknown` (later) if the worker does not have the subscription.
 */
export async function consumeUsage({
  bus,
  db,
  now,
  wakeSender,
}: UsageDeps): Promise<AsyncDisposable> {
  return await bus.consume(fulfillmentUsage, async (fact) => {
    await inTransaction(db, async (trx) => {
      const record = await lockSubscription(trx, fact.subscriptionId.toLowerCase());
      if (!record) throw unknownSubscription(fact);
      const productEvents = [usageEventOf(fact, record.state)];
      await saveRecord(trx, { at: now(), subscriptionId: record.state.id, productEvents });
    });
    wakeSender();
  });
}

function unknownSubscription({ subscriptionId }: UsageFact): Fault {
  const message = `billing reported usage of ${subscriptionId}, which the worker does not know`;
  return new Fault('usage.subscription-unknown', message, { retry: 'later' });
}

/** Publisher and offer come from the worker's record, because facts of earlier versions do not have them. */
function usageEventOf(fact: UsageFact, state: Subscription): ProductEvent {
  const { id: subscriptionId, publisherId, offerId } = state;
  const { dimension, planId } = fact;
  const of = { subscriptionId, publisherId, offerId, planId, dimension };
  const isTest = isTestPurchase(state);
  const content =
    'crossedAt' in fact ? crossed(fact) : settled(fact, fact.outcome ?? outcomeOf(fact.status));
  return {
    id: fact.eventId,
    type: content.type,
    version: PRODUCT_EVENT_VERSION,
    occurredAt: content.at,
    usage: { ...of, isTest, ...content.usage },
  };
}

function settled(fact: UsageSettled, outcome: Outcome) {
  const { hour, quantity, status, problem, usageEventId, settledAt } = fact;
  const type = ({ billed: 'settled', refused: 'refused', writtenOff: 'writtenOff' } as const)[
    outcome
  ];
  const usage = { hour, quantity, status, problem, usageEventId };
  return { type: `usage.${type}` as const, at: settledAt, usage };
}

function crossed({ overage, limit, termStart, crossedAt }: UsageThresholdCrossed) {
  const usage = { quantity: overage, limit, termStart };
  return { type: 'usage.thresholdCrossed' as const, at: crossedAt, usage };
}

/** The outcome, also for facts of earlier versions, which have only Microsoft's status. */
function outcomeOf(status: string): Outcome {
  if (status === 'Accepted' || status === 'Duplicate') return 'billed';
  return status === 'Expired' ? 'writtenOff' : 'refused';
}
