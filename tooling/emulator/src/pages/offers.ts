import { html } from 'hono/html';
import { CATALOGUE, isVisibleTo, type Offer, type Plan } from '../market/catalogue.ts';
import type { Person } from '../authority/identities.ts';
import type { Market } from '../market/market.ts';
import { offersNow } from '../market/published-plans.ts';
import { sellerOf } from '../market/sellers.ts';
import { customersOf } from './customer.ts';
import { notice, type Html } from './layout.ts';
import { dimensionText, periodOf, priceText, showMoney } from './words.ts';

/** The shop: what the customer can buy, and what happens after that. */
export function offersPage(market: Market, customer: Person): Html {
  return html`<h1>Buy a plan</h1>
    <p class="lead">
      This shop plays Microsoft's marketplace on this machine. Nothing is charged, and nothing is
      sent to Microsoft.
    </p>
    ${steps(market)} ${offersNow(market.state).map((offer) => offerPart(market, offer, customer))}
    ${privateHint(market, customer)}`;
}

function steps(market: Market): Html {
  const consoleUrl = consoleOf(market);
  return html`<ol class="steps">
    <li><strong>Buy</strong><span>Choose a plan below, as the customer named above.</span></li>
    <li>
      <strong>Set up</strong>
      <span>Open the publisher's landing page with “Configure account”, and confirm there.</span>
    </li>
    <li>
      <strong>See it arrive</strong>
      <span>
        The subscription appears in
        ${consoleUrl ? html`<a href="${consoleUrl}">Landfall's console</a>` : "Landfall's console"},
        and every call under <a href="/calls">Calls</a>.
      </span>
    </li>
  </ol>`;
}

/** Landfall serves its console beside its landing page. */
function consoleOf({ state }: Market): string | undefined {
  const url = state.settings.landingUrl && new URL(state.settings.landingUrl);
  return url && url.pathname === '/landing' ? `${url.origin}/console` : undefined;
}

function offerPart(market: Market, offer: Offer, customer: Person): Html | '' {
  const plans = offer.plans.filter(
    (plan) => !plan.stopSell && isVisibleTo(plan, customer.tenantId),
  );
  if (plans.length === 0) return '';
  const publisher = publisherName(market, offer);
  return html`<section class="offer" aria-labelledby="${offer.offerId}">
    <div class="offer-head">
      ${tileOf(offer)}
      <div>
        <h2 id="${offer.offerId}">${offer.displayName}</h2>
        <p class="quiet">${offer.summary}</p>
      </div>
    </div>
    <ul class="plans">
      ${plans.map((plan) => planCard(offer, plan, publisher))}
    </ul>
  </section>`;
}

function planCard(offer: Offer, plan: Plan, publisher: string): Html {
  const isPrivate = plan.privateTo !== undefined;
  return html`<li class="plan ${isPrivate ? 'private' : ''}">
    <div>
      <h3>${plan.displayName} ${tags(plan)}</h3>
      <p class="by">by ${publisher}</p>
    </div>
    ${priceLines(plan)}
    <p class="small">${plan.description}</p>
    ${includes(plan)}
    <a
      class="button primary"
      href="/buy/${offer.offerId}/${plan.planId}"
      aria-label="Buy ${offer.displayName} ${plan.displayName}"
      >Buy</a
    >
  </li>`;
}

function tags(plan: Plan): Html[] {
  return [
    plan.privateOfferId !== undefined
      ? [html`<span class="tag private">Private offer</span> `]
      : plan.privateTo !== undefined
        ? [html`<span class="tag private">Private plan</span> `]
        : [],
    plan.freeTrial ? [html`<span class="tag good">1 month free</span> `] : [],
    plan.autoActivated ? [html`<span class="tag">Starts at once</span> `] : [],
  ].flat();
}

/** The price of the first term is large; the others follow. */
function priceLines(plan: Plan): Html {
  const [first, ...others] = plan.terms;
  return html`<p>
    ${
      first
        ? html`<span class="price"
            >${showMoney(first.price)} <small>${periodOf(plan, first)}</small></span
          >`
        : ''
    }
    ${others.map((term) => html`<br /><span class="small quiet">or ${priceText(plan, term)}</span>`)}
  </p>`;
}

function includes(plan: Plan): Html | '' {
  const lines = [
    ...(plan.seats ? [`${plan.seats.min} to ${plan.seats.max} users`] : []),
    ...(plan.dimensions ?? []).map((dimension) => dimensionText(plan, dimension)),
  ];
  if (lines.length === 0) return '';
  return html`<ul class="includes">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

/** Says for whom there are more plans. A real shop would not; here it helps to find them. */
function privateHint(market: Market, customer: Person): Html | '' {
  const hidden = offersNow(market.state)
    .flatMap(({ plans }) => plans)
    .filter((plan) => !plan.stopSell && !isVisibleTo(plan, customer.tenantId));
  const first = customersOf(market).find((person) =>
    hidden.some((plan) => isVisibleTo(plan, person.tenantId)),
  );
  if (first === undefined) return '';
  return html`<p class="notice">
    ${hidden.length === 1 ? 'One plan is' : `${hidden.length} plans are`} private to another
    customer. Sign in as ${first.name} (${first.tenantName}) to see
    ${hidden.length === 1 ? 'it' : 'them'}.
  </p>`;
}

/** A coloured square with the initial of the offer. */
export function tileOf({ offerId, displayName }: Pick<Offer, 'offerId' | 'displayName'>): Html {
  const colour = CATALOGUE.findIndex((one) => one.offerId === offerId) % 4;
  const initial = displayName.split(' ').at(-1)?.charAt(0) ?? '';
  return html`<span class="tile tile-${Math.max(0, colour)}" aria-hidden="true">${initial}</span>`;
}

export function publisherName(market: Market, offer: Pick<Offer, 'offerId'>): string {
  return sellerOf(market.state.identities, offer.offerId).name;
}

/** The order of one plan. */
export function buyPage(
  market: Market,
  show: {
    readonly offer: Offer;
    readonly plan: Plan;
    readonly customer: Person;
    readonly problem?: string;
  },
): Html {
  const { offer, plan, problem } = show;
  return html`<h1>Buy ${offer.displayName} ${plan.displayName}</h1>
    ${notice(problem, 'problem')}
    <div class="checkout">
      ${orderForm(market, show)}
      <section class="card" aria-labelledby="summary">
        <div class="offer-head">
          ${tileOf(offer)}
          <div>
            <h2 id="summary">${plan.displayName} ${tags(plan)}</h2>
            <p class="quiet small">by ${publisherName(market, offer)}</p>
          </div>
        </div>
        ${priceLines(plan)}
        <p class="small">${plan.description}</p>
        ${includes(plan)}
        <p class="small quiet">
          ${
            plan.autoActivated
              ? 'The subscription starts at once.'
              : 'After the purchase you set up the account on the publisher’s landing page. The term starts when the publisher activates the subscription.'
          }
        </p>
      </section>
    </div>`;
}

function orderForm(
  market: Market,
  {
    offer,
    plan,
    customer,
  }: { readonly offer: Offer; readonly plan: Plan; readonly customer: Person },
): Html {
  const options = (selected: string) =>
    market.state.identities.people.map(
      ({ name, email, tenantName }) =>
        html`<option value="${email}" ${email === selected ? 'selected' : ''}>
          ${name}, ${tenantName}
        </option>`,
    );
  return html`<form class="card form" method="post" action="/buy/${offer.offerId}/${plan.planId}">
    ${
      plan.seats
        ? html`<label
            >Users <span class="hint">${plan.seats.min} to ${plan.seats.max}</span>
            <input
              name="quantity"
              type="number"
              min="${plan.seats.min}"
              max="${plan.seats.max}"
              value="${plan.seats.min}"
              required
            />
          </label>`
        : ''
    }
    <fieldset>
      <legend>Billing term</legend>
      ${plan.terms.map(
        (term, index) =>
          html`<label class="check"
            ><input
              type="radio"
              name="termUnit"
              value="${term.termUnit}"
              ${index === 0 ? 'checked' : ''}
            />
            ${priceText(plan, term)}</label
          >`,
      )}
    </fieldset>
    <label class="check">
      <input type="checkbox" name="autoRenew" checked /> Renew automatically at the end of each term
    </label>
    <label
      >Subscription name
      <input name="name" maxlength="200" value="${offer.displayName}" required />
    </label>
    <label
      >For <span class="hint">the person who will use it: the beneficiary</span>
      <select name="beneficiary">
        ${options(customer.email)}
      </select>
    </label>
    <details>
      <summary>Bought by someone else, or a test purchase</summary>
      <div class="form">
        <label
          >Purchaser
          <span class="hint">someone in another tenant makes it a partner's sale (CSP)</span>
          <select name="purchaser">
            <option value="">The beneficiary</option>
            ${options('')}
          </select>
        </label>
        <label
          >Kind of purchase
          <select name="kind">
            <option value="">Ordinary purchase</option>
            <option value="isTest">Test purchase: the record has isTest</option>
            <option value="isDryRun">
              Commerce test: the record has the session mode DryRun, usage is not billed
            </option>
            <option value="isSandbox">Partner's integration sandbox: the record has Csp</option>
          </select>
        </label>
      </div>
    </details>
    <button class="primary">Buy</button>
  </form>`;
}
