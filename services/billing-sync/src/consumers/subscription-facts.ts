import type { Envelope } from '@landfall/contracts/envelope';
import { billingSubscriptions } from '@landfall/contracts/streams';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { Fault } from '@landfall/domain/fault';
import { baseOfferId } from '@landfall/domain/subscription';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import { once } from '@landfall/service-kit/inbox';
import type { Db } from '../db/schema.ts';
import { reassignUsage } from '../intake/reassign-usage.ts';
import { repeatForLateStart } from '../recurring/late-start.ts';
import { listPlan } from '../store/catalogue.ts';
import { ensureMonths } from '../store/months.ts';
import { requeueRefused } from '../store/refused-hours.ts';
import {
  hastenHours,
  holdHours,
  insertVersion,
  releaseHours,
  replanLaterHours,
  saveSubscription,
  subscriptionKey,
  versionOf,
} from '../store/subscriptions.ts';

/**
 * Largest plausible step between the versions of two facts. Details such as the name raise the version without a fact.
 * A larger step means that this service was down for long, or that the fact is not from the owner.
 */
const MAX_QUIET_CHANGES = 50;

interface SubscriptionFactDeps {
  readonly db: Db;
  /** The owner's current version of the record; undefined if the owner has no such record. */
  readonly ownerVersion: (subscriptionId: string) => Promise<number | undefined>;
  readonly now: () => Date;
}

/**
 * Keeps this service's copy of the subscriptions. Every fact carries the whole state, so the highest version wins and a
 * missed or repeated fact does no harm. An older fact only adds to what is known about the past: unrated usage is assigned
 * to the plan and term of its moment again. If the version jumps, the owner is asked first, because a false version would
 * hide every later fact. Throws `billing.fact-unconfirmed` (never) for a version that the owner does not have.
 */
export async function consumeSubscriptionFacts(
  bus: Bus,
  deps: SubscriptionFactDeps,
): Promise<AsyncDisposable> {
  return await bus.consume(billingSubscriptions, (fact, envelope) =>
    projectSubscription(deps, fact, envelope),
  );
}

async function projectSubscription(
  deps: SubscriptionFactDeps,
  fact: SubscriptionFact,
  envelope: Envelope,
): Promise<void> {
  const { id, status, publisherId, offerId, planId } = fact.subscription;
  const now = deps.now();
  await expectOwnersVersion(deps, fact);
  await ensureMonths(deps.db, now);
  await inTransaction(deps.db, async (trx) => {
    if (!(await once(trx, billingSubscriptions.durable, envelope.messageId))) return;
    await insertVersion(trx, fact);
    const isLatest = await saveSubscription(trx, fact);
    await listPlan(trx, { publisherId, offerId: baseOfferId(offerId), planId }, now);
    if (status === 'Subscribed') await repeatForLateStart(trx, startOf(fact), now);
    await reassignUsage(trx, subscriptionKey(id), effectiveFrom(fact, now));
    if (!isLatest) return;
    await replanLaterHours(trx, id, { planId, at: new Date(fact.occurredAt) });
    if (status === 'Suspended') await holdHours(trx, id);
    if (status === 'Subscribed' || status === 'Unsubscribed') await releaseHours(trx, id, now);
    if (status === 'Unsubscribed') await hastenHours(trx, id, now);
    await requeueRefused(trx, { subscriptionId: subscriptionKey(id) }, now);
  });
}

function startOf({ occurredAt, subscription }: SubscriptionFact) {
  const { id, publisherId, offerId, planId, version } = subscription;
  const plan = { publisherId, offerId: baseOfferId(offerId), planId };
  return { ...plan, id: subscriptionKey(id), version, activeSince: new Date(occurredAt) };
}

/**
 * The earliest moment whose plan or term a fact may change. Usage from before the first version has the plan of that
 * version, so the usage that Microsoft still takes is always included.
 */
function effectiveFrom({ occurredAt, subscription }: SubscriptionFact, now: Date): Date {
  const { startDate } = subscription.term;
  const times = [occurredAt, ...(startDate === undefined ? [] : [startDate])].map((text) =>
    Date.parse(text),
  );
  return new Date(Math.min(now.getTime() - 2 * USAGE_WINDOW_MS, ...times));
}

async function expectOwnersVersion(
  { db, ownerVersion }: SubscriptionFactDeps,
  { subscription: { id, version } }: SubscriptionFact,
): Promise<void> {
  const known = await versionOf(db.kysely, id);
  if (version - (known ?? 0) <= MAX_QUIET_CHANGES) return;
  const latest = await ownerVersion(id);
  if (latest !== undefined && latest >= version) return;
  const message = `a fact has version ${version} of a subscription; its owner has ${latest ?? 'none'}`;
  throw new Fault('billing.fact-unconfirmed', message, { retry: 'never' });
}
