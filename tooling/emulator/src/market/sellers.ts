import { createHmac } from 'node:crypto';
import { findOffer } from './catalogue.ts';
import type { Identities, RegisteredApp } from '../authority/identities.ts';
import type { Market } from './market.ts';
import type { State, SubscriptionRecord } from './state.ts';

/** A company that sells here: its Partner Center account, as far as programs see of it. */
export interface Seller {
  readonly publisherId: string;
  readonly name: string;
  readonly tenantId: string;
  readonly fulfillmentApp: RegisteredApp;
}

/** Everybody who sells; the first is the one that settings and older states know as the publisher. */
export function sellers(identities: Identities): readonly [Seller, ...Seller[]] {
  const { publisher, fulfillmentApp, otherPublishers = [] } = identities;
  return [{ ...publisher, fulfillmentApp }, ...otherPublishers];
}

/** Who sells an offer; offers that name nobody are the first one's. */
export function sellerOf(identities: Identities, offerId: string): Seller {
  const all = sellers(identities);
  const publisherId = findOffer(offerId)?.publisherId;
  return all.find((one) => one.publisherId === publisherId) ?? all[0];
}

/** Who sells the offer of a subscription. */
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

/** What a seller's purchase tokens are sealed with: nobody else's open with it. */
export function purchaseKeyOf(state: State, seller: Seller): string {
  const [first] = sellers(state.identities);
  if (seller.publisherId === first.publisherId) return state.purchaseTokenKey;
  return createHmac('sha256', Buffer.from(state.purchaseTokenKey, 'base64'))
    .update(seller.publisherId)
    .digest('base64');
}

/** The addresses on the technical configuration page of a seller's offers. */
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
