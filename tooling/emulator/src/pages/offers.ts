import { html } from 'hono/html';
import {
  CURRENCY,
  type BillingTerm,
  type Dimension,
  type Offer,
  type Plan,
} from '../market/catalogue.ts';
import type { Person } from '../authority/identities.ts';
import { notice, type Html } from './layout.ts';

/** Shows every offer as a card with its plans. */
export function offersPage(offers: readonly Offer[]): Html {
  return html`<h1>Offers</h1>
    <p class="quiet">Choose a plan and buy it as one of the test people. Nothing is charged.</p>
    <div class="cards">${offers.map(offerCard)}</div>`;
}

function offerCard(offer: Offer): Html {
  return html`<section class="card" aria-labelledby="${offer.offerId}">
    <h2 id="${offer.offerId}">${offer.displayName}</h2>
    <p class="quiet">${offer.summary}</p>
    <ul class="plans">
      ${offer.plans.map(
        (plan) =>
          html`<li>
            <h3>${plan.displayName} ${tags(plan)}</h3>
            ${
              plan.stopSell
                ? html`<span class="quiet small">no longer sold</span>`
                : html`<a
                    class="button"
                    href="/buy/${offer.offerId}/${plan.planId}"
                    aria-label="Buy ${offer.displayName} ${plan.displayName}"
                    >Buy</a
                  >`
            }
            <p class="small">${plan.description}</p>
            <p class="small quiet">${prices(plan)} · <code>${plan.planId}</code></p>
            ${usageOf(plan)}
          </li>`,
      )}
    </ul>
  </section>`;
}

function tags(plan: Plan): (Html | '')[] {
  const labels = [
    plan.privateTo && 'private',
    plan.freeTrial && 'free trial',
    plan.autoActivated && 'auto-activated',
    plan.dimensions && 'metered',
  ];
  return labels.map((label) => (label ? html`<span class="tag">${label}</span> ` : ''));
}

function prices(plan: Plan): string {
  const unit = plan.seats ? ' per seat' : '';
  return plan.terms
    .map(
      (term) =>
        `${CURRENCY} ${term.price.toLocaleString('en')}${unit}, ${term.description.toLowerCase()}`,
    )
    .join(' · ');
}

/** The dimensions of a plan, with the price per unit and the quantity that each term includes. */
function usageOf({ dimensions = [], terms }: Plan): Html | '' {
  if (dimensions.length === 0) return '';
  return html`<ul class="usage small quiet">
    ${dimensions.map(
      (dimension) =>
        html`<li>
          ${dimension.displayName} <code>${dimension.id}</code>: ${CURRENCY}
          ${dimension.pricePerUnit} per ${dimension.unitOfMeasure};
          ${terms.map((term) => includedText(term, dimension)).join(', ')}
        </li>`,
    )}
  </ul>`;
}

function includedText({ included = {}, description }: BillingTerm, { id }: Dimension): string {
  const quantity = included[id] ?? 0;
  return `${quantity.toLocaleString('en')} included in ${description.toLowerCase()}`;
}

/** The order form of one plan. */
export function buyPage(show: {
  readonly offer: Offer;
  readonly plan: Plan;
  readonly people: readonly Person[];
  readonly problem?: string;
}): Html {
  const { offer, plan, people } = show;
  const options = people.map(
    (person) =>
      html`<option value="${person.email}">${person.name} – ${person.tenantName}</option>`,
  );
  return html`<h1>Buy ${offer.displayName}, ${plan.displayName}</h1>
    <p class="quiet">${plan.description} ${prices(plan)}</p>
    ${usageOf(plan)} ${notice(show.problem, 'problem')}
    <form class="card form" method="post" action="/buy/${offer.offerId}/${plan.planId}">
      <label
        >Beneficiary <small>(who will use it)</small>
        <select name="beneficiary">
          ${options}
        </select>
      </label>
      <label
        >Purchaser <small>(someone in another tenant makes it a partner purchase, CSP)</small>
        <select name="purchaser">
          <option value="">Same as the beneficiary</option>
          ${options}
        </select>
      </label>
      ${
        plan.seats
          ? html`<label
              >Seats <small>(${plan.seats.min} to ${plan.seats.max})</small>
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
      <label
        >Term
        <select name="termUnit">
          ${plan.terms.map(
            (term) => html`<option value="${term.termUnit}">${term.description}</option>`,
          )}
        </select>
      </label>
      <label
        >Subscription name
        <input name="name" maxlength="200" value="${offer.displayName}" required />
      </label>
      <label class="check">
        <input type="checkbox" name="autoRenew" checked /> Renew automatically at the end of the
        term
      </label>
      <label
        >Kind of purchase
        <select name="kind">
          <option value="">Ordinary purchase</option>
          <option value="isTest">Test purchase (isTest)</option>
          <option value="isDryRun">Microsoft commerce test (DryRun), usage is not billed</option>
          <option value="isSandbox">Partner integration sandbox (Csp)</option>
        </select>
      </label>
      <button class="primary">Buy</button>
    </form>`;
}
