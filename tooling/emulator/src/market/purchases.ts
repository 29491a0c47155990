import { randomUUID } from 'node:crypto';
import { findOffer, isVisibleTo, type Plan } from './catalogue.ts';
import { findPlan } from './published-plans.ts';
import {
  PENDING_LIFE_MS,
  PURCHASE_TOKEN_LIFE_MS,
  PURCHASE_TOKEN_LIFE_OLD_MS,
} from './constants.ts';
import { findPerson, type Person } from '../authority/identities.ts';
import { announce, beginSubscription } from './lifecycle.ts';
import { refuse, type Market, type Refusal } from './market.ts';
import { openPurchase, sealPurchase } from './purchase-token.ts';
import { purchaseKeyOf, registrationOf, sellerOf, type Seller } from './sellers.ts';
import type { Party, SubscriptionRecord } from './state.ts';

export interface PurchaseOrder {
  readonly offerId: string;
  readonly planId: string;
  readonly quantity?: number | undefined;
  /** Sign-in name of the person for whom it is bought. */
  readonly beneficiary: string;
  /** Sign-in name of the buyer. If it belongs to another tenant, a partner (CSP) sells. */
  readonly purchaser?: string | undefined;
  readonly name?: string | undefined;
  readonly termUnit?: string | undefined;
  readonly autoRenew?: boolean | undefined;
  readonly freeTrial?: boolean | undefined;
  readonly privateOfferId?: string | undefined;
  readonly isSandbox?: boolean | undefined;
  readonly isTest?: boolean | undefined;
  readonly isDryRun?: boolean | undefined;
}

/**
 * Sells a plan. The purchase waits for its configuration on the landing page, or is subscribed at
 * once if the plan is auto-activated.
 */
export function purchase(market: Market, order: PurchaseOrder): SubscriptionRecord | Refusal {
  const plan = findPlan(market.state, order.offerId, order.planId);
  const beneficiary = findPerson(market.state.identities, order.beneficiary);
  const purchaser = findPerson(market.state.identities, order.purchaser ?? order.beneficiary);
  if (!plan) return refuse('unknown-plan', 'There is no such plan.');
  if (!beneficiary || !purchaser)
    return refuse('unknown', 'There is no person with this sign-in name.');
  const refusal = checkOrder(plan, order, beneficiary);
  if (refusal) return refusal;

  const now = market.clock.now();
  const privateOfferId = order.privateOfferId ?? plan.privateOfferId;
  const subscription: SubscriptionRecord = {
    id: randomUUID(),
    name: order.name ?? `${findOffer(order.offerId)?.displayName} for ${beneficiary.tenantName}`,
    offerId: order.offerId,
    planId: plan.planId,
    quantity: plan.seats ? (order.quantity ?? plan.seats.min) : null,
    status: 'PendingFulfillmentStart',
    beneficiary: toParty(beneficiary),
    purchaser: toParty(purchaser),
    isCsp: purchaser.tenantId !== beneficiary.tenantId,
    term: { unit: termOf(plan, order) ?? '', anchor: null, fromMonths: 0, toMonths: 0 },
    autoRenew: order.autoRenew ?? true,
    isFreeTrial: order.freeTrial ?? plan.freeTrial ?? false,
    ...(privateOfferId !== undefined && { privateOfferId }),
    ...(order.isSandbox && { isSandbox: true }),
    ...(order.isTest && { isTest: true }),
    ...(order.isDryRun && { isDryRun: true }),
    createdAt: now,
    isActivating: false,
    endedAt: null,
    planHistory: [],
    operationIds: [],
  };
  market.state.subscriptions.set(subscription.id, subscription);
  if (plan.autoActivated) {
    beginSubscription(market, subscription);
    announce(market, subscription, 'Subscribe');
  } else {
    market.clock.schedule('voidPending', subscription.id, now + PENDING_LIFE_MS);
  }
  market.changed();
  return subscription;
}

/** Sets another beneficiary or purchaser without a notification, as Microsoft may. */
export function transfer(
  market: Market,
  subscription: SubscriptionRecord,
  to: { readonly beneficiary?: string | undefined; readonly purchaser?: string | undefined },
): SubscriptionRecord | Refusal {
  const { identities } = market.state;
  const beneficiary = to.beneficiary && findPerson(identities, to.beneficiary);
  const purchaser = to.purchaser && findPerson(identities, to.purchaser);
  if ((to.beneficiary && !beneficiary) || (to.purchaser && !purchaser)) {
    return refuse('unknown', 'There is no person with this sign-in name.');
  }
  if (beneficiary) subscription.beneficiary = toParty(beneficiary);
  if (purchaser) subscription.purchaser = toParty(purchaser);
  subscription.isCsp = subscription.purchaser.tenantId !== subscription.beneficiary.tenantId;
  market.changed();
  return subscription;
}

function checkOrder(plan: Plan, order: PurchaseOrder, buyer: Person): Refusal | undefined {
  if (plan.stopSell) return refuse('not-sold', 'This plan is no longer sold.');
  if (!isVisibleTo(plan, buyer.tenantId)) {
    return refuse('not-sold', 'This plan is private to other customers.');
  }
  if (!termOf(plan, order)) return refuse('not-sold', 'This plan is not sold for that term.');
  if (order.freeTrial && !plan.freeTrial) return refuse('not-sold', 'There is no free trial.');
  if (order.quantity === undefined) return undefined;
  if (!plan.seats) return refuse('not-per-seat', 'This plan is not sold per seat.');
  const { min, max } = plan.seats;
  return order.quantity < min || order.quantity > max
    ? refuse('seats-out-of-range', `The number of seats must be between ${min} and ${max}.`)
    : undefined;
}

function termOf(plan: Plan, order: PurchaseOrder): string | undefined {
  const units = plan.terms.map((term) => term.termUnit);
  return order.termUnit === undefined ? units[0] : units.find((unit) => unit === order.termUnit);
}

function toParty(person: Person): Party {
  return {
    name: person.name,
    ...(person.emailClaim && { emailId: person.email }),
    objectId: person.objectId,
    tenantId: person.tenantId,
    puid: person.puid,
  };
}

/**
 * Every click on Configure or Manage creates a new token. Older tokens stay valid until their own
 * end.
 */
export function mintPurchaseToken(
  market: Market,
  subscription: SubscriptionRecord,
): { readonly purchaseToken: string; readonly landingUrl: string | null } {
  const seller = sellerOf(market.state.identities, subscription.offerId);
  const purchaseToken = sealPurchase(purchaseKeyOf(market.state, seller), {
    subscriptionId: subscription.id,
    mintedAt: market.clock.now(),
  });
  const { landingUrl } = registrationOf(market.state, seller);
  if (landingUrl === null) return { purchaseToken, landingUrl };
  const separator = landingUrl.includes('?') ? '&' : '?';
  return {
    purchaseToken,
    landingUrl: `${landingUrl}${separator}token=${encodeURIComponent(purchaseToken)}`,
  };
}

/**
 * The subscription of a token; undefined if the token is damaged, expired, or another publisher's.
 */
export function resolvePurchase(
  market: Market,
  token: string,
  seller: Seller,
): SubscriptionRecord | undefined {
  const sealed = openPurchase(purchaseKeyOf(market.state, seller), token);
  if (sealed === undefined) return undefined;
  const lifeMs =
    market.state.settings.oddities.purchaseTokenLife === 'measured'
      ? PURCHASE_TOKEN_LIFE_OLD_MS
      : PURCHASE_TOKEN_LIFE_MS;
  if (market.clock.now() >= sealed.mintedAt + lifeMs) return undefined;
  return market.state.subscriptions.get(sealed.subscriptionId);
}
