import { html } from 'hono/html';
import { findOffer } from '../market/catalogue.ts';
import { GRACE_MS, PENDING_LIFE_MS } from '../market/constants.ts';
import { findPlan } from '../market/published-plans.ts';
import { operationsOf, type Market } from '../market/market.ts';
import { registrationOf, sellerOf } from '../market/sellers.ts';
import type { Party, SubscriptionRecord, SubscriptionStatus } from '../market/state.ts';
import { viewSubscription, type SubscriptionView } from '../market/views.ts';
import { notice, statusTag, type Html } from './layout.ts';
import { publisherName, tileOf } from './offers.ts';
import { showDay, showTime } from './words.ts';

/** Rows in the list. Older purchases are still reachable at their address. */
const ROWS_MAX = 200;

const STATUS_WORDS: Readonly<Record<SubscriptionStatus, string>> = {
  PendingFulfillmentStart: 'Not set up yet',
  Subscribed: 'Active',
  Suspended: 'Suspended',
  Unsubscribed: 'Ended',
};

/** Every purchase, newest first. */
export function subscriptionsPage(market: Market): Html {
  return html`<h1>Subscriptions</h1>
    <p class="lead">Every purchase of every customer, newest first.</p>
    <div data-live="/live/subscriptions">${subscriptionsPart(market)}</div>`;
}

export function subscriptionsPart(market: Market): Html {
  const all = [...market.state.subscriptions.values()].toReversed();
  const rows = all.slice(0, ROWS_MAX);
  if (rows.length === 0) {
    return html`<div class="card empty">
      <p>There are no subscriptions yet.</p>
      <p><a class="button primary" href="/">Buy a plan</a></p>
    </div>`;
  }
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="Subscriptions">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Plan</th>
            <th scope="col">Customer</th>
            <th scope="col">Bought (UTC)</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((one) => listRow(market, one))}
        </tbody>
      </table>
    </div>
    ${
      all.length > rows.length
        ? html`<p class="quiet">The newest ${ROWS_MAX} of ${all.length} are shown.</p>`
        : ''
    }`;
}

function listRow(market: Market, one: SubscriptionRecord): Html {
  const plan = findPlan(market.state, one.offerId, one.planId)?.displayName ?? one.planId;
  return html`<tr>
    <td>
      <a href="/subscriptions/${one.id}">${one.name}</a>${
        isTest(one) ? html` <span class="tag">test</span>` : ''
      }
    </td>
    <td>${statusTag(one.status, STATUS_WORDS[one.status])}</td>
    <td>
      ${findOffer(one.offerId)?.displayName},
      ${plan}${one.quantity === null ? '' : `, ${one.quantity} seats`}
    </td>
    <td>${one.beneficiary.name}${one.isCsp ? html` <span class="tag">CSP</span>` : ''}</td>
    <td class="nowrap">${showTime(one.createdAt)}</td>
  </tr>`;
}

/**
 * One subscription: its state in words, what can happen to it, and the operations and notifications.
 */
export function subscriptionPage(
  market: Market,
  subscription: SubscriptionRecord,
  parts: { readonly actions: Html; readonly log: Html; readonly problem?: string },
): Html {
  const { id, name, offerId } = subscription;
  const live = `/subscriptions/${id}/live`;
  const displayName = findOffer(offerId)?.displayName ?? offerId;
  return html`<p class="small"><a href="/subscriptions">All subscriptions</a></p>
    <div class="offer-head">
      ${tileOf({ offerId, displayName })}
      <div>
        <h1>${name}</h1>
        <p class="quiet">${displayName} by ${publisherName(market, { offerId })}</p>
      </div>
    </div>
    ${notice(parts.problem, 'problem')}
    <section class="card" data-live="${live}/state">${statePart(market, subscription)}</section>
    <section class="card" data-live="${live}/actions">${parts.actions}</section>
    <section class="card" data-live="${live}/log">${parts.log}</section>
    <section class="card" data-live="${live}/facts">${factsPart(market, subscription)}</section>
    <p>
      <a href="/calls?subscriptionId=${id}">Calls about this subscription</a> ·
      <a href="/usage?subscriptionId=${id}">Its usage</a>
    </p>`;
}

/** Where the subscription stands, and the next step. */
export function statePart(market: Market, subscription: SubscriptionRecord): Html {
  const { status } = subscription;
  const { landingUrl } = registrationOf(
    market.state,
    sellerOf(market.state.identities, subscription.offerId),
  );
  const isPending = status === 'PendingFulfillmentStart';
  return html`<div class="state">
    <div>
      <h2>${statusTag(status, STATUS_WORDS[status])}</h2>
      <p>${stateText(market, subscription)}</p>
    </div>
    ${
      landingUrl === null
        ? html`<p class="small quiet">
            No landing page is configured. Set it under <a href="/settings">Settings</a>.
          </p>`
        : html`<form
            method="post"
            action="/subscriptions/${subscription.id}/configure"
            target="_blank"
            rel="noopener"
          >
            <button class="${isPending ? 'primary' : ''}">
              ${isPending ? 'Configure' : 'Manage'} account
            </button>
          </form>`
    }
  </div>`;
}

function stateText(market: Market, subscription: SubscriptionRecord): string {
  const view = viewSubscription(market, subscription);
  switch (subscription.status) {
    case 'PendingFulfillmentStart':
      return view.isActivating
        ? 'The publisher has activated the subscription. Microsoft is starting it.'
        : `Bought, but not set up. Configure the account on the publisher’s landing page, or Microsoft ends the purchase on ${showDay(subscription.createdAt + PENDING_LIFE_MS)}.`;
    case 'Subscribed':
      return `${view.isFreeTrial ? 'Free until' : 'Paid until'} ${showDay(view.termEnd)}, then it ${view.autoRenew ? 'renews' : 'ends'}.`;
    case 'Suspended':
      return suspendedText(market, subscription);
    case 'Unsubscribed':
      return `Ended on ${showDay(view.endedAt)}. Microsoft keeps the record. The subscription cannot be restored.`;
  }
}

function suspendedText(market: Market, subscription: SubscriptionRecord): string {
  const suspension = operationsOf(market, subscription).findLast(
    ({ action }) => action === 'Suspend',
  );
  const end = suspension ? ` by ${showDay(suspension.createdAt + GRACE_MS)}` : '';
  return `A payment failed. Microsoft ends the subscription unless the payment arrives${end}.`;
}

export function factsPart(market: Market, subscription: SubscriptionRecord): Html {
  const view = viewSubscription(market, subscription);
  const plan = findPlan(market.state, view.offerId, view.planId);
  const facts: [string, Html | string][] = [
    ['Plan', plan?.displayName ?? view.planId],
    ['Seats', view.quantity === null ? 'none (flat rate)' : String(view.quantity)],
    ['Term', termText(view)],
    ['Renewal', `${view.autoRenew ? 'automatic' : 'off'}${view.isFreeTrial ? ', free trial' : ''}`],
    ['Beneficiary', party(subscription.beneficiary)],
    [
      'Purchaser',
      html`${party(subscription.purchaser)}${view.isCsp ? html` <span class="tag">CSP</span>` : ''}`,
    ],
    ['The customer may', view.allowedCustomerOperations.join(', ')],
    ['Kind', kindText(subscription)],
    ['Status in the API', html`<code>${view.status}</code>`],
    ['Offer and plan id', html`<code>${view.offerId}</code> <code>${view.planId}</code>`],
    ['Subscription id', html`<code>${view.id}</code>`],
  ];
  return html`<h2>Record</h2>
    <dl class="facts">
      ${facts.map(
        ([term, text]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${text}</dd>
          </div>`,
      )}
    </dl>`;
}

function isTest(of: SubscriptionRecord): boolean {
  return [of.isTest, of.isDryRun, of.isSandbox].includes(true);
}

function kindText({ isTest, isDryRun, isSandbox, privateOfferId }: SubscriptionRecord): string {
  const kinds = [
    ...(privateOfferId ? ['private offer'] : []),
    ...(isTest ? ['test purchase'] : []),
    ...(isDryRun ? ['commerce test (DryRun)'] : []),
    ...(isSandbox ? ['partner sandbox'] : []),
  ];
  return kinds.length === 0 ? 'ordinary' : kinds.join(', ');
}

function termText(view: SubscriptionView): Html {
  if (view.termStart === null) return html`${view.termUnit}, not started`;
  return html`${view.termUnit}, <span class="nowrap">${showDay(view.termStart)}</span> to
    <span class="nowrap">${showDay(view.termEnd)}</span>`;
}

function party(of: Party): string {
  return of.emailId === undefined ? `${of.name} (no address)` : `${of.name}, ${of.emailId}`;
}
