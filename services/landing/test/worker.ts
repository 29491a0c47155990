import { randomUUID } from 'node:crypto';
import { fulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import {
  createRouter,
  type Call,
  type Handler,
  type Handlers,
} from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { claimAfter, mayClaim } from '@landfall/domain/claim';
import { Fault } from '@landfall/domain/fault';
import { planRefusal, seatRulings } from '@landfall/domain/permitted-changes';
import { isTestPurchase } from '@landfall/domain/subscription';
import type { Emulator } from '@landfall/emulator/emulator';
import { createMarketplace } from '@landfall/marketplace/client';
import type { MarketplaceSubscription } from '@landfall/marketplace/subscription';
import { createTokenSource } from '@landfall/marketplace/token-source';
import type { Bus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { serveProcedures } from '@landfall/service-kit/rpc';
import { keepChanges, type Changes } from './changes.ts';

type Activation = SubscriptionView['activation'];
type Person = SubscriptionView['claimedBy'];

/** The calls of the landing page, in order. */
export interface Asked {
  readonly resolved: string[];
  /** The publisher id of each call of `resolve`. */
  readonly publishers: (string | undefined)[];
  readonly activated: { subscriptionId: string; claimedBy: Person; answers?: unknown }[];
  readonly callers: Call[];
}

export interface Worker extends AsyncDisposable {
  readonly asked: Asked;
  readonly changes: Changes;
  /** Number of activations that were sent to Microsoft. */
  readonly sent: () => number;
  /** Answers `resolve` for a token that the emulator did not create. */
  pretend(token: string, view: SubscriptionView): void;
  /** Sets the private offers. Undefined: Microsoft has not named them. By default, there are none. */
  nameOffers(subscriptionId: string, offers: string[] | undefined): void;
  /** The requests for access that arrived. */
  readonly requests: { subscriptionId: string; objectId: string; askedAt: string }[];
  /** Shows a subscription with these changes until its next `activate`. */
  alter(subscriptionId: string, changes: Partial<SubscriptionView>): void;
}

/**
 * A double of the worker on the real bus with the real router. It resolves and activates at the emulator, and
 * keeps in memory what the worker keeps in its tables.
 */
export function serveWorker(bus: Bus, emulator: Emulator): Worker {
  const { fulfillmentApp, publisher } = emulator.identities;
  const { fulfillment } = createMarketplace({
    baseUrl: emulator.marketplaceBaseUrl,
    tokens: createTokenSource({
      authorityUrl: emulator.authorityUrl,
      tenantId: publisher.tenantId,
      clientId: fulfillmentApp.clientId,
      credential: { secret: fulfillmentApp.clientSecret },
    }),
  });
  const asked: Asked = { resolved: [], publishers: [], activated: [], callers: [] };
  const pretended = new Map<string, SubscriptionView>();
  const activations = new Map<string, Activation>();
  const claims = new Map<string, Person>();
  const altered = new Map<string, Partial<SubscriptionView>>();
  const offers = new Map<string, string[] | undefined>();
  const offersOf = (id: string) => (offers.has(id) ? offers.get(id) : []);
  const requests: Worker['requests'] = [];
  let sent = 0;

  const viewOf = (subscription: MarketplaceSubscription): SubscriptionView => {
    const { id } = subscription;
    const activation = activations.get(id) ?? { state: 'none' };
    const seen = view(subscription, { activation, claimedBy: claims.get(id) });
    changes.observe(id, seen.status);
    return seen;
  };
  const read = async (id: string): Promise<SubscriptionView | Rejection> => {
    const known = [...pretended.values()].find((one) => one.id === id);
    if (known) return known;
    const found = await fulfillment.get(id, {});
    return found
      ? { ...viewOf(found), pendingChange: changes.pendingOf(id), ...altered.get(id) }
      : new Rejection('subscription.not-found', 'unknown');
  };

  const changes = keepChanges(fulfillment, read);
  const table = unimplemented();
  const handlers: Handlers<typeof fulfillmentProcedures> = {
    ...table,
    accessRequests: {
      async record({ subscriptionId, objectId, askedAt }) {
        const known = requests.some(
          (one) => one.subscriptionId === subscriptionId && one.askedAt === askedAt,
        );
        if (!known) requests.push({ subscriptionId, objectId, askedAt });
        return { isNew: !known };
      },
    },
    purchases: {
      async resolve({ purchaseToken, publisherId }, call) {
        asked.resolved.push(purchaseToken);
        asked.publishers.push(publisherId);
        if (publisherId === 'nobody') return new Rejection('publisher.not-found', 'unknown');
        asked.callers.push(call);
        const known = pretended.get(purchaseToken);
        if (known) return known;
        try {
          const { subscription } = await fulfillment.resolve(purchaseToken, {});
          return { ...viewOf(subscription), ...altered.get(subscription.id) };
        } catch (error) {
          if (error instanceof Fault && error.retry === 'later') throw error;
          return new Rejection('purchase.token-invalid', 'unknown token');
        }
      },
    },
    subscriptions: {
      ...table.subscriptions,
      get: ({ subscriptionId }) => read(subscriptionId),
      ...changes.handlers,
      async availablePlans({ subscriptionId }) {
        const held = await read(subscriptionId);
        if (held instanceof Rejection) return held;
        const plans = await fulfillment.listAvailablePlans(subscriptionId, undefined, {});
        return {
          seats: held.quantity === null ? undefined : seatRulings(changes.policy, held),
          plans: plans
            .filter(({ isStopSell }) => !isStopSell)
            .map((plan) => ({
              planId: plan.planId,
              displayName: plan.displayName ?? '',
              isPrivate: plan.isPrivate,
              isPricePerSeat: plan.isPricePerSeat,
              minQuantity: plan.minQuantity,
              maxQuantity: plan.maxQuantity,
              hasFreeTrials: plan.hasFreeTrials,
              refusal: planRefusal(changes.policy, held, plan.planId),
              sourceOffers: offersOf(subscriptionId),
              terms: plan.billingTerms.flatMap(({ termUnit, price, currency }) =>
                termUnit && price !== undefined && currency
                  ? [{ termUnit, price: Number(price), currency }]
                  : [],
              ),
              dimensions: plan.dimensions.map(({ id, displayName }) => ({ id, displayName })),
            })),
        };
      },
      async activate({ subscriptionId, claimedBy, answers }) {
        asked.activated.push({ subscriptionId, claimedBy, answers });
        altered.delete(subscriptionId);
        const now = await read(subscriptionId);
        if (now instanceof Rejection) return now;
        if (now.status === 'Unsubscribed') return new Rejection('subscription.ended', 'ended');
        if (claimedBy && !mayClaim(now, claimedBy)) {
          return new Rejection('subscription.other-tenant', 'another organisation');
        }
        if (!now.claimedBy) claims.set(subscriptionId, claimedBy);
        if (now.status === 'Subscribed' || activations.has(subscriptionId)) {
          return { ...now, claimedBy: claims.get(subscriptionId) };
        }
        activations.set(subscriptionId, { state: 'confirming' });
        sent += 1;
        await fulfillment.activate(
          { subscriptionId, planId: now.planId, quantity: now.quantity },
          {},
        );
        return read(subscriptionId);
      },
    },
  };
  const served = serveProcedures({
    owner: 'fulfillment-worker',
    router: createRouter(fulfillmentProcedures, handlers),
    bus,
    log: createLogger('fulfillment-worker', 'silent'),
  });
  return {
    asked,
    changes,
    requests,
    sent: () => sent,
    nameOffers: (subscriptionId, named) => void offers.set(subscriptionId, named),
    alter: (subscriptionId, changes) => void altered.set(subscriptionId, changes),
    pretend: (token, subscription) => void pretended.set(token, subscription),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

function view(
  subscription: MarketplaceSubscription,
  ours: { activation: Activation; claimedBy: Person },
): SubscriptionView {
  const { beneficiary = {}, purchaser = {}, term } = subscription;
  const isCsp = beneficiary.tenantId !== purchaser.tenantId;
  return makeView({
    id: subscription.id,
    offerId: subscription.offerId ?? '',
    planId: subscription.planId ?? '',
    name: subscription.name ?? '',
    quantity: subscription.quantity ?? null,
    status: subscription.status,
    term: {
      termUnit: term?.termUnit,
      startDate: term?.startDate?.toISOString(),
      endDate: term?.endDate?.toISOString(),
    },
    isFreeTrial: subscription.isFreeTrial ?? false,
    isTestPurchase: isTestPurchase({
      isTest: subscription.isTest ?? false,
      sessionMode: subscription.sessionMode,
      sandboxType: subscription.sandboxType === 'None' ? undefined : subscription.sandboxType,
    }),
    allowedCustomerOperations: [...(subscription.allowedCustomerOperations ?? [])],
    beneficiary: person(beneficiary),
    purchaser: person(purchaser),
    channel: isCsp ? 'csp' : 'direct',
    activation: subscription.status === 'Subscribed' ? { state: 'confirmed' } : ours.activation,
    claimedBy: claimAfter({ beneficiary, purchaser }, ours.claimedBy),
  });
}

function person({ tenantId, objectId, emailId }: NonNullable<Person>) {
  return { tenantId, objectId, emailId };
}

/** The view of a pending purchase. `changes` replaces fields. */
export function makeView(changes: Partial<SubscriptionView> = {}): SubscriptionView {
  const at = new Date().toISOString();
  return {
    id: randomUUID(),
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    name: 'Test',
    quantity: null,
    status: 'PendingFulfillmentStart',
    term: { termUnit: 'P1M' },
    autoRenew: true,
    isFreeTrial: false,
    isTest: false,
    beneficiary: {},
    purchaser: {},
    allowedCustomerOperations: ['Read'],
    channel: 'direct',
    activation: { state: 'none' },
    version: 1,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

function unimplemented(): Handlers<typeof fulfillmentProcedures> {
  const unused: Handler<never> = () => Promise.reject(new Error('not asked by the landing page'));
  return Object.fromEntries(
    Object.entries(fulfillmentProcedures).map(([namespace, specs]) => [
      namespace,
      Object.fromEntries(Object.keys(specs).map((name) => [name, unused])),
    ]),
  ) as unknown as Handlers<typeof fulfillmentProcedures>;
}
