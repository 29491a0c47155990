import { setTimeout as delay } from 'node:timers/promises';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { notFound } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { Fault } from '@landfall/domain/fault';
import type { Call } from '@landfall/marketplace/http';
import { isMarketplaceError } from '@landfall/marketplace/marketplace-error';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import type { ResolvedPurchase } from '@landfall/marketplace/subscription';
import { inTransaction } from '@landfall/service-kit/database';
import { refusalCode } from '../marketplace-refusal.ts';
import { isPoor, observeSubscription } from '../observe-subscription.ts';
import { findSubscription } from '../store/subscriptions.ts';
import { forPublisher, type PublisherDeps } from '../publishers.ts';
import type { ProcedureDeps } from './deps.ts';
import { viewOfRecord } from './subscription-record.ts';

type Resolve = Handlers<FulfillmentProcedures>['purchases']['resolve'];

/** A buyer waits for the page. */
const TIMEOUT_MS = 6_000;
/** Resolve sometimes refuses a good token; the landing page asks again later too. */
const MAX_REFUSALS = 2;
const REFUSAL_PAUSE_MS = 1_000;

/**
 * Turns a purchase token into its subscription, which is recorded if it is new. Opening the page again records no
 * second purchase. Resolve's answer about a known subscription is not applied, because it was read before our
 * row; the subscription is read again instead.
 */
export function resolveProcedure(deps: ProcedureDeps): Resolve {
  const { publishers, log } = deps;
  return async ({ purchaseToken, publisherId }, { correlationId, signal }) => {
    // An address without a publisher dates from when there was only one, so it belongs to the first publisher.
    const publisher =
      publisherId === undefined ? publishers.all[0] : atAddress(publishers, publisherId);
    if (!publisher) return notFound('publisher');
    const own = forPublisher(deps, publisher);
    const call = { correlationId, signal, timeoutMs: TIMEOUT_MS, priority: 'page' } as const;
    const purchase = await resolvePersistently(own, purchaseToken, call);
    if (!purchase) return unknownPurchase();
    const { id, subscription } = purchase;
    const known = await findSubscription(deps.db.kysely, id);
    if (known && own.isForeign?.(known.state.publisherId)) {
      log.error(
        { security: true, subscriptionId: id },
        'a purchase already belongs to another publisher',
      );
      return unknownPurchase();
    }
    const observation = await observeSubscription(
      own,
      id,
      { cause: 'landing', correlationId },
      {
        write: (fn) => inTransaction(deps.db, fn),
        call,
        firstSeen: isPoor(subscription) ? undefined : subscription,
        // Resolve has just returned it.
        isMissingDoubted: true,
      },
    );
    deps.wakeRelay();
    const record = await findSubscription(deps.db.kysely, id);
    if (!record || observation.kind === 'missing') {
      throw new Fault('marketplace.inconsistent', 'a resolved subscription cannot be read yet', {
        retry: 'later',
      });
    }
    return await viewOfRecord(deps.db.kysely, record);
  };
}

/** Undefined if Microsoft refused the token twice. */
async function resolvePersistently(
  { fulfillment }: Pick<PublisherDeps, 'fulfillment'>,
  purchaseToken: string,
  call: Call,
): Promise<ResolvedPurchase | undefined> {
  for (let number = 1; ; number += 1) {
    try {
      return await fulfillment.resolve(purchaseToken, call);
    } catch (error: unknown) {
      if (refusalCode(error) === undefined) throw error;
      // Without a status, the text was never sent, because it cannot be a token.
      const wasSent = isMarketplaceError(error) && error.status !== undefined;
      if (!wasSent || number === MAX_REFUSALS) return undefined;
      await delay(REFUSAL_PAUSE_MS, undefined, { signal: call.signal });
    }
  }
}

/** The address was typed into Partner Center by hand, so letter case does not matter. */
function atAddress(publishers: Publishers, named: string): Publisher | undefined {
  const isMeant = ({ publisherId }: Publisher) =>
    publisherId?.toLowerCase() === named.toLowerCase();
  return publishers.of(named) ?? publishers.all.find(isMeant);
}

function unknownPurchase(): Rejection<'purchase.token-invalid'> {
  return new Rejection(
    'purchase.token-invalid',
    'Microsoft does not know this purchase, or no longer does. Open it again from the marketplace.',
  );
}
