import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import { signInPath } from '../paths.ts';
import type { PlanPrice } from '../db/schema.ts';
import { termInWords } from '../term-words.ts';
import type { Words } from '../words/words.ts';
import { tenantWords, type Frame, type Html } from './frame.ts';

/** What was bought, in words. */
export function purchaseSummary(
  { product, words }: Frame,
  {
    subscription,
    planName,
    price,
  }: {
    subscription: SubscriptionView;
    planName: string | undefined;
    price?: PlanPrice | undefined;
  },
): Html {
  const { quantity, offerId, planId, name, channel } = subscription;
  return html`
    <dl class="facts">
      <div>
        <dt>${words.t('purchase.product')}</dt>
        <dd>${product.name} <span class="note">${offerId}</span></dd>
      </div>
      <div>
        <dt>${words.t('purchase.plan')}</dt>
        <dd>
          ${planName ? html`${planName} <span class="note">${planId}</span>` : planId}
          ${subscription.isFreeTrial ? badge(words.t('purchase.trial')) : ''}
          ${subscription.isTest ? badge(words.t('purchase.test')) : ''}
        </dd>
      </div>
      ${quantity === null ? '' : row(words.t('purchase.seats'), words.number(quantity))}
      ${priceRow(words, { subscription, price })} ${termRows(subscription, words)}
      ${channel === 'csp' ? row(words.t('purchase.boughtThrough'), words.t('purchase.partner')) : ''}
      ${name ? row(words.t('purchase.name'), name) : ''}
    </dl>
  `;
}

/** What was agreed in a private offer is not in Microsoft's list of plans, the public price is. */
function priceRow(
  words: Words,
  { subscription, price }: { subscription: SubscriptionView; price: PlanPrice | undefined },
): Html | string {
  const label = words.t('purchase.price');
  if (subscription.sourceOffers?.length) return row(label, words.t('purchase.privatePrice'));
  if (!price) return '';
  const values = {
    price: words.money(price.amount, price.currency),
    term: termInWords(words, price.termUnit),
  };
  const isPerSeat = subscription.quantity !== null;
  return row(label, words.t(isPerSeat ? 'purchase.priceOfSeat' : 'purchase.priceOf', values));
}

/** Who is signed in, so that nobody confirms with the wrong account unnoticed. */
export function visitorSummary({ signedIn, words, here }: Frame): Html | string {
  if (!signedIn) return '';
  const { visitor } = signedIn;
  return html`<section class="card" aria-labelledby="who">
    <h2 id="who">${words.t('purchase.who')}</h2>
    <dl class="facts">
      ${visitor.name ? row(words.t('purchase.personName'), visitor.name) : ''}
      ${visitor.email ? row(words.t('purchase.account'), visitor.email) : ''}
      ${row(words.t('purchase.organisation'), tenantWords(words, visitor))}
    </dl>
    <p class="actions">
      <a href="${signInPath({ back: here, account: 'other' })}">${words.t('frame.notYou')}</a>
    </p>
  </section>`;
}

export function row(label: string, value: string | Html): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function badge(text: string): Html {
  return html`<span class="badge">${text}</span>`;
}

/** How long it runs and what happens then: a trial's end is when paying begins, or nothing more. */
function termRows({ term, autoRenew, isFreeTrial }: SubscriptionView, words: Words): Html | string {
  const length = termInWords(words, term.termUnit ?? '');
  const date = term.endDate && words.date(new Date(term.endDate));
  if (isFreeTrial && date) {
    const key = autoRenew ? 'purchase.trialRenews' : 'purchase.trialStops';
    return html`
      ${length ? row(words.t('purchase.term'), length) : ''}
      ${row(words.t('purchase.trialEnd'), words.t(key, { date }))}
    `;
  }
  if (!length) return '';
  const until = date ? words.t('purchase.termUntil', { term: length, date }) : length;
  return html`
    ${row(words.t('purchase.term'), until)}
    ${row(words.t('purchase.renewal'), words.t(autoRenew ? 'purchase.renews' : 'purchase.renewsNot'))}
  `;
}
