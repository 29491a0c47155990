import type { Envelope } from '@landfall/contracts/envelope';
import { billingSubscriptions } from '@landfall/contracts/streams';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { Fault } from '@landfall/domain/fault';
import type { Bus } from '@landfall/service-kit/bus';
import { inTransaction } from '@landfall/service-kit/database';
import { once } from '@landfall/service-kit/inbox';
import type { Db } from '../db/schema.ts';
import {
  hastenHours,
  holdHours,
  insertVersion,
  releaseHours,
  saveSubscription,
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
 * missed or repeated fact does no harm. An older fact only adds to what is known about past hours. If the version
 * jumps, the owner is asked first, because a false version would hide every later fact. Throws
 * `billing.fact-unconfirmed` (never) for a version that the owner does not have.
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
  const { id, status } = fact.subscription;
  await expectOwnersVersion(deps, fact);
  await inTransaction(deps.db, async (trx) => {
    if (!(await once(trx, billingSubscriptions.durable, envelope.messageId))) return;
    await insertVersion(trx, fact);
    if (!(await saveSubscription(trx, fact))) return;
    if (status === 'Suspended') await holdHours(trx, id);
    if (status === 'Subscribed') await releaseHours(trx, id, deps.now());
    if (status === 'Unsubscribed') {
      await releaseHours(trx, id, deps.now());
      await hastenHours(trx, id, deps.now());
    }
  });
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
