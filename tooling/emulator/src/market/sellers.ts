import { createHmac } from 'node:crypto';
import { findOffer } from './catalogue.ts';
import type { Identities, RegisteredApp } from '../authority/identities.ts';
import type { Market } from './market.ts';
import type { State, SubscriptionRecord } from './state.ts';

/** A publisher: what programs see of its Partner Center account. */
export interface Seller {
  readonly publisherId: string;
  readonly name: string;
  readonly tenantId: string;
  readonly fulfillmentApp: RegisteredApp;
}

/** All publishers. The first is the publisher in settings and in states of older versions. */
export function sellers(identities: Identities): readonly [Seller, ...Seller[]] {
  const { publisher, fulfillmentApp, otherPublishers = [] } = identities;
  return [{ ...publisher, fulfillmentApp }, ...otherPublishers];
}

/** The publisher of an offer. Offers without a publisher belong to the first one. */
export function sellerOf(identities: Identities, offerId: string): Seller {
  const all = sellers(identities);
  const publisherId = findOffer(offerId)?.publisherId;
  return all.find((one) => one.publisherId === publisherId) ?? all[0];
}

/** The publisher of a subscription's offer. */
export function sellerOfSubscription(state: State, subscriptionId: string): Seller {
  const offerId = state.subscriptions.get(subscriptionId)?.offerId ?? '';
  return sellerOf(state.identities, offerId);
}

export function isSoldBy(
  { state }: Pick<Market, 'state'>,
  { offerId }: Pick<SubscriptionRecord, 'offerId'>,
  { publisherId }: Seller,
): boolean {
  return sellerOf(state.identities, offerId).publisherId === publisherId;
}

/** The key that seals a publisher's purchase tokens. No other publisher's tokens open with it. */
export function purchaseKeyOf(state: State, seller: Seller): string {
  const [first] = sellers(state.identities);
  if (seller.publisherId === first.publisherId) return state.purchaseTokenKey;
  return createHmac('sha256', Buffer.from(state.purchaseTokenKey, 'base64'))
    .update(seller.publisherId)
    .digest('base64');
}

/** The URLs on the technical configuration page of a publisher's offers. */
export function registrationOf(
  { settings, identities }: State,
  seller: Seller,
): { readonly webhookUrl: string | null; readonly landingUrl: string | null } {
  const { webhookUrl, landingUrl, registrations } = settings;
  const own = registrations[seller.publisherId];
  const [first] = sellers(identities);
  const isFirst = seller.publisherId === first.publisherId;
  return {
    webhookUrl: own?.webhookUrl ?? webhookUrl,
    landingUrl:
      own?.landingUrl ??
      (isFirst || landingUrl === null ? landingUrl : withPublisher(landingUrl, seller)),
  };
}

function withPublisher(landingUrl: string, { publisherId }: Seller): string {
  const url = new URL(landingUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/p/${encodeURIComponent(publisherId)}`;
  return url.href;
}
