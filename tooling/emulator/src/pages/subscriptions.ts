import { html } from 'hono/html';
import { findOffer, isVisibleTo } from '../market/catalogue.ts';
import { findPlan, plansOf } from '../market/published-plans.ts';
import { AUTO_ACCEPT_MS } from '../market/constants.ts';
import { isChange, operationsOf, type Market } from '../market/market.ts';
import { registrationOf, sellerOf } from '../market/sellers.ts';
import type {
  DeliveryRecord,
  OperationRecord,
  Party,
  SubscriptionRecord,
} from '../market/state.ts';
import { viewSubscription, type SubscriptionView } from '../market/views.ts';
import { notice, showDay, showTime, statusTag, type Html } from './layout.ts';

/** Rows in the list. Older purchases are still reachable at their address. */
const ROWS_MAX = 200;

/** Attempts shown per notification: the last ones, of up to 500. */
const ATTEMPTS_SHOWN = 8;

/** Every purchase, newest first. */
export function subscriptionsPage(market: Market): Html {
  const all = [...market.state.subscriptions.values()].toReversed();
  const rows = all.slice(0, ROWS_MAX);
  return html`<h1>Subscriptions</h1>
    ${
      rows.length === 0
        ? html`<p>
            There are no subscriptions yet. <a href="/">Buy an offer</a> to get the first one.
          </p>`
        : html`<div class="card scroll" tabindex="0" role="region" aria-label="Subscriptions">
            <table>
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Status</th>
                  <th>Plan</th>
                  <th>Beneficiary</th>
                  <th>Bought</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  (one) =>
                    html`<tr>
                      <td>
                        <a href="/subscriptions/${one.id}">${one.name}</a>${
                          isTest(one) ? html` <span class="tag">test</span>` : ''
                        }
                      </td>
                      <td>${statusTag(one.status)}</td>
                      <td>
                        ${one.offerId} /
                        ${one.planId}${one.quantity === null ? '' : ` × ${one.quantity}`}
                      </td>
                      <td>
                        ${one.beneficiary.name}${one.isCsp ? html` <span class="tag">CSP</span>` : ''}
                      </td>
                      <td>${showTime(one.createdAt)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${all.length > rows.length ? html`<p class="quiet">The newest ${ROWS_MAX} of ${all.length} are shown.</p>` : ''}`;
}

/**
 * One subscription: its data, the available actions, and the notifications that were sent to the
 * publisher.
 */
export function subscriptionPage(
  market: Market,
  subscription: SubscriptionRecord,
  problem?: string,
): Html {
  const live = `/subscriptions/${subscription.id}/live`;
  return html`<h1>${subscription.name}</h1>
    ${notice(problem, 'problem')}
    <section class="card" data-live="${live}/facts">${factsPart(market, subscription)}</section>
    <section class="card" data-live="${live}/actions">${actionsPart(market, subscription)}</section>
    <section class="card" data-live="${live}/log">${logPart(market, subscription)}</section>`;
}

export function factsPart(market: Market, subscription: SubscriptionRecord): Html {
  const view = viewSubscription(market, subscription);
  const plan = findPlan(market.state, view.offerId, view.planId);
  const pending = view.pendingOperation;
  const facts: [string, Html | string][] = [
    ['Status', html`${statusTag(view.status)}${view.isActivating ? ' activating' : ''}`],
    ['Plan', `${findOffer(view.offerId)?.displayName}, ${plan?.displayName ?? view.planId}`],
    ['Seats', view.quantity === null ? 'none (flat rate)' : String(view.quantity)],
    ['Term', termText(view)],
    ['Renewal', `${view.autoRenew ? 'automatic' : 'off'}${view.isFreeTrial ? ', free trial' : ''}`],
    ['Beneficiary', party(subscription.beneficiary)],
    [
      'Purchaser',
      html`${party(subscription.purchaser)}${view.isCsp ? html` <span class="tag">CSP</span>` : ''}`,
    ],
    ['Allowed customer operations', view.allowedCustomerOperations.join(', ')],
    [
      'Pending operation',
      pending
        ? html`${pending.action} to
          ${pending.quantity === subscription.quantity ? pending.planId : pending.quantity}
          ${statusTag(pending.status)}`
        : 'none',
    ],
    ['Kind', kindText(subscription)],
    ['Id', html`<code>${view.id}</code>`],
  ];
  return html`<h2>Subscription</h2>
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

export function actionsPart(market: Market, subscription: SubscriptionRecord): Html {
  const base = `/subscriptions/${subscription.id}`;
  const seller = sellerOf(market.state.identities, subscription.offerId);
  const { landingUrl } = registrationOf(market.state, seller);
  const isOver = subscription.status === 'Unsubscribed';
  const verb = subscription.status === 'PendingFulfillmentStart' ? 'Configure' : 'Manage';
  return html`<h2>Actions in the marketplace</h2>
    <div class="row">
      <form method="post" action="${base}/configure" target="_blank" rel="noopener">
        <button class="primary" ${landingUrl === null ? 'disabled' : ''}>${verb} account</button>
      </form>
      ${button(base, 'suspend', 'Suspend (payment failed)', subscription.status === 'Subscribed')}
      ${button(base, 'reinstate', 'Reinstate (payment received)', subscription.status === 'Suspended')}
      ${button(base, 'renew', 'Renew now', subscription.status === 'Subscribed')}
      ${button(base, 'cancel', 'Cancel', !isOver)}
    </div>
    ${
      landingUrl === null
        ? html`<p class="small quiet">
            No landing page is configured. Set it under <a href="/clock">Clock and faults</a>.
          </p>`
        : ''
    }
    ${subscription.status === 'Subscribed' ? changeForms(market, base, subscription) : ''}
    ${isOver ? '' : transferForm(market, base)}`;
}

function changeForms(market: Market, base: string, subscription: SubscriptionRecord): Html {
  const plans = plansOf(market.state, subscription.offerId).filter(
    (plan) =>
      plan.planId !== subscription.planId &&
      !plan.stopSell &&
      isVisibleTo(plan, subscription.beneficiary.tenantId),
  );
  const seats = findPlan(market.state, subscription.offerId, subscription.planId)?.seats;
  return html`<div class="row">
    <form class="row" method="post" action="${base}/change-plan">
      <label
        >Plan
        <select name="planId">
          ${plans.map((plan) => html`<option value="${plan.planId}">${plan.displayName}</option>`)}
        </select>
      </label>
      <button>Change plan</button>
    </form>
    ${
      seats
        ? html`<form class="row" method="post" action="${base}/change-quantity">
            <label
              >Seats
              <input
                name="quantity"
                type="number"
                min="${seats.min}"
                max="${seats.max}"
                value="${subscription.quantity ?? seats.min}"
              />
            </label>
            <button>Change seats</button>
          </form>`
        : ''
    }
  </div>`;
}

/** Microsoft sends no notification of a transfer. From then on, the record names other people. */
function transferForm(market: Market, base: string): Html {
  const options = market.state.identities.people.map(
    (person) =>
      html`<option value="${person.email}">${person.name} – ${person.tenantName}</option>`,
  );
  return html`<form class="row" method="post" action="${base}/transfer">
    <label
      >Beneficiary
      <select name="beneficiary">
        <option value="">no change</option>
        ${options}
      </select>
    </label>
    <label
      >Purchaser
      <select name="purchaser">
        <option value="">no change</option>
        ${options}
      </select>
    </label>
    <button>Transfer</button>
  </form>`;
}

export function logPart(market: Market, subscription: SubscriptionRecord): Html {
  const operations = operationsOf(market, subscription).toReversed();
  return html`<h2>Operations and notifications</h2>
    ${
      operations.length === 0
        ? html`<p class="quiet">
            None yet. They appear here as soon as the subscription is activated or changed.
          </p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Operations">
            <table>
              <thead>
                <tr>
                  <th>Time</th>
                  <th>Operation</th>
                  <th>Result</th>
                  <th>Notification</th>
                  <th>Attempts</th>
                </tr>
              </thead>
              <tbody>
                ${operations.map((operation) => {
                  const delivery = market.state.deliveries.get(operation.id);
                  return html`<tr>
                    <td>${showTime(operation.createdAt)}</td>
                    <td>
                      ${operation.action} ${asksFor(operation)}
                      <small class="quiet">requested ${askedBy(operation)}</small><br /><code
                        >${operation.id}</code
                      >
                    </td>
                    <td>
                      ${statusTag(operation.status)}<br /><small>${settledText(operation)}</small>
                    </td>
                    <td>
                      ${delivery ? statusTag(delivery.state) : html`<span class="quiet">none</span>`}
                    </td>
                    <td>${delivery ? attempts(delivery) : ''}</td>
                  </tr>`;
                })}
              </tbody>
            </table>
          </div>`
    }`;
}

/** The old and the new value of a plan or seat change. */
function asksFor({ action, planId, quantity, before }: OperationRecord): Html | string {
  const [from, to] =
    action === 'ChangePlan' ? [before?.planId, planId] : [before?.quantity, quantity];
  if (action !== 'ChangePlan' && action !== 'ChangeQuantity') return '';
  const unit = action === 'ChangeQuantity' ? ' seats' : '';
  return html`<span class="nowrap">${from ?? '?'} → <b>${to}</b>${unit}</span>`;
}

function askedBy({ source, isRevert }: OperationRecord): string {
  if (isRevert) return 'by Microsoft, to undo a refused change';
  return source === 'Partner' ? 'through the publisher’s API' : 'in the marketplace';
}

/** How the operation ended. A publisher's PATCH gives no reason, only Failure. */
function settledText({ action, status, settledBy }: OperationRecord): string {
  if (status === 'InProgress') {
    return isAnswered(action) ? 'Waiting for the publisher’s answer' : 'Being processed';
  }
  if (status === 'Conflict') return 'Refused by the marketplace: the value is already in force';
  const isDone = status === 'Succeeded';
  switch (settledBy) {
    case 'publisher':
      return isDone ? 'Accepted by the publisher' : 'Refused by the publisher';
    case 'webhook-status':
      return 'Refused: the publisher’s webhook answered with an error';
    case 'webhook-unreachable':
      return 'Refused: the publisher’s webhook could not be reached';
    case 'silence':
      return `Accepted automatically after ${AUTO_ACCEPT_MS / 1000} seconds without an answer`;
    case 'marketplace':
      return isDone ? 'No answer needed' : 'Failed: the subscription’s status had changed';
    default:
      return '';
  }
}

/** Actions that the publisher can refuse. */
function isAnswered(action: OperationRecord['action']): boolean {
  return isChange(action) || action === 'Reinstate';
}

function attempts(delivery: DeliveryRecord): Html {
  const shown = delivery.attempts.slice(-ATTEMPTS_SHOWN);
  const hidden = delivery.attempts.length - shown.length;
  return html`${hidden > 0 ? html`<span class="quiet">${hidden} earlier</span><br />` : ''}
  ${shown.map(
    (one) =>
      html`${one.at.slice(11, 19)} <b>${one.status ?? one.error}</b>
        <span class="quiet">${one.durationMs} ms${one.kind === 'first' ? '' : `, ${one.kind}`}</span
        ><br />`,
  )}`;
}

function button(base: string, name: string, text: string, isEnabled: boolean): Html {
  return html`<form method="post" action="${base}/${name}">
    <button class="${name === 'cancel' ? 'danger' : ''}" ${isEnabled ? '' : 'disabled'}>
      ${text}
    </button>
  </form>`;
}

function isTest(of: SubscriptionRecord): boolean {
  return [of.isTest, of.isDryRun, of.isSandbox].includes(true);
}

function kindText({ isTest, isDryRun, isSandbox }: SubscriptionRecord): string {
  const kinds = [
    ...(isTest ? ['test purchase'] : []),
    ...(isDryRun ? ['DryRun'] : []),
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
