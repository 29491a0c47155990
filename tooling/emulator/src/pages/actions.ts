import { html } from 'hono/html';
import { isVisibleTo } from '../market/catalogue.ts';
import { pendingOperation, type Market } from '../market/market.ts';
import { findPlan, plansOf } from '../market/published-plans.ts';
import type { SubscriptionRecord } from '../market/state.ts';
import type { Html } from './layout.ts';

/** What the customer, Microsoft's billing and a seller can do with the subscription now. */
export function actionsPart(market: Market, subscription: SubscriptionRecord): Html {
  const base = `/subscriptions/${subscription.id}`;
  const { status } = subscription;
  const pending = pendingOperation(market, subscription);
  if (status === 'Unsubscribed') {
    return html`<h2>Actions</h2>
      <p class="quiet">
        The subscription has ended. <a href="/">Buy a plan</a> to get another one.
      </p>`;
  }
  return html`<h2>Actions</h2>
    ${
      pending
        ? html`<p class="notice">
            Microsoft refuses other changes until ${pending.action} has ended. A change waits for
            the publisher's answer for at most 10 seconds.
          </p>`
        : ''
    }
    <div class="groups">
      <section>
        <h3>The customer</h3>
        ${status === 'Subscribed' ? changeForms(market, base, subscription) : ''}
        <div class="row">
          ${renewalForm(base, subscription)} ${button(base, 'cancel', 'Cancel the subscription')}
        </div>
      </section>
      <section>
        <h3>Microsoft's billing</h3>
        <div class="row">
          ${
            status === 'Suspended'
              ? button(base, 'reinstate', 'Payment received: reinstate')
              : button(base, 'suspend', 'Payment failed: suspend', status === 'Subscribed')
          }
          ${button(base, 'renew', 'Renew now', status === 'Subscribed')}
        </div>
      </section>
      <section>
        <h3>Transfer</h3>
        ${transferForm(market, base)}
        <p class="hint">Microsoft sends no notification of a transfer.</p>
      </section>
    </div>`;
}

function changeForms(market: Market, base: string, subscription: SubscriptionRecord): Html {
  const plans = plansOf(market.state, subscription.offerId).filter(
    (plan) =>
      plan.planId !== subscription.planId &&
      !plan.stopSell &&
      isVisibleTo(plan, subscription.beneficiary.tenantId),
  );
  const seats = findPlan(market.state, subscription.offerId, subscription.planId)?.seats;
  return html`${
    plans.length === 0
      ? ''
      : html`<form class="row" method="post" action="${base}/change-plan">
          <label
            >Plan
            <select name="planId">
              ${plans.map(
                (plan) => html`<option value="${plan.planId}">${plan.displayName}</option>`,
              )}
            </select>
          </label>
          <button>Change plan</button>
        </form>`
  }
  ${
    seats
      ? html`<form class="row" method="post" action="${base}/change-quantity">
          <label
            >Seats <span class="hint">${seats.min} to ${seats.max}</span>
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
  }`;
}

function renewalForm(base: string, { autoRenew }: SubscriptionRecord): Html {
  return html`<form method="post" action="${base}/auto-renew">
    <button name="autoRenew" value="${String(!autoRenew)}">
      ${autoRenew ? 'Stop renewing' : 'Renew automatically'}
    </button>
  </form>`;
}

function transferForm(market: Market, base: string): Html {
  const options = market.state.identities.people.map(
    (person) => html`<option value="${person.email}">${person.name}, ${person.tenantName}</option>`,
  );
  return html`<form class="row" method="post" action="${base}/transfer">
    <label
      >Beneficiary
      <select name="beneficiary">
        <option value="">No change</option>
        ${options}
      </select>
    </label>
    <label
      >Purchaser
      <select name="purchaser">
        <option value="">No change</option>
        ${options}
      </select>
    </label>
    <button>Transfer</button>
  </form>`;
}

function button(base: string, name: string, text: string, isEnabled = true): Html {
  return html`<form method="post" action="${base}/${name}">
    <button class="${name === 'cancel' ? 'danger' : ''}" ${isEnabled ? '' : 'disabled'}>
      ${text}
    </button>
  </form>`;
}
