import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { isTerminal } from '@landfall/domain/subscription';
import type { PlanPrice } from '../../db/schema.ts';
import type { Frame, Html } from '../../web/pages/frame.ts';
import type { Words } from '../../words/words.ts';
import type { Pricing } from '../plan-shown.ts';
import { perTermInWords, termInWords } from '../term-words.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface Summarised {
  readonly subscription: SubscriptionView;
  readonly planName: string | undefined;
  /** Undefined if the page shows no price. */
  readonly pricing?: Pricing | undefined;
  /** More rows for this page. */
  readonly more?: Html | undefined;
}

/** The purchase and its price in words. The ids are one click away. */
export function purchaseSummary(frame: Frame, summarised: Summarised): Html {
  const { product, words } = frame;
  const { subscription, planName } = summarised;
  const { quantity, planId, name, channel } = subscription;
  return html`
    <dl class="facts">
      ${row(words.t('purchase.product'), product.name)}
      <div>
        <dt>${words.t('purchase.plan')}</dt>
        <dd>
          ${planName ?? planId} ${subscription.isFreeTrial ? badge(words.t('purchase.trial')) : ''}
          ${testBadge(words, subscription)}
        </dd>
      </div>
      ${quantity === null ? '' : row(words.t('purchase.seats'), words.number(quantity))}
      ${name ? row(words.t('purchase.name'), name) : ''}
      ${channel === 'csp' ? row(words.t('purchase.boughtThrough'), words.t('purchase.partner')) : ''}
      ${isTerminal(subscription) ? '' : html`${termRows(subscription, words)} ${priceRows(words, summarised)}`}
      ${summarised.more ?? ''}
    </dl>
    ${idDetails(words, subscription)}
  `;
}

/** Only support and administrators need the ids. */
function idDetails(words: Words, { id, offerId, planId }: SubscriptionView): Html {
  return html`<details class="ids">
    <summary>${words.t('purchase.details')}</summary>
    <dl class="facts">
      ${row(words.t('purchase.subscriptionId'), html`<code>${id}</code>`)}
      ${row(words.t('purchase.offerId'), html`<code>${offerId}</code>`)}
      ${row(words.t('purchase.planId'), html`<code>${planId}</code>`)}
    </dl>
  </details>`;
}

/** Shows an amount only if it is certainly what the customer pays; see `Pricing`. */
export function priceRows(
  words: Words,
  {
    subscription,
    pricing,
  }: Pick<Summarised, 'pricing'> & {
    subscription: Pick<SubscriptionView, 'quantity' | 'isFreeTrial' | 'autoRenew' | 'channel'>;
  },
): Html | string {
  if (!pricing) return '';
  const { quantity, isFreeTrial, autoRenew, channel } = subscription;
  // A trial that does not renew costs nothing.
  if (isFreeTrial && !autoRenew) return '';
  const label = words.t(isFreeTrial ? 'purchase.priceAfterTrial' : 'purchase.price');
  if (channel === 'csp') return row(label, words.t('purchase.partnerPrice'));
  if (pricing.kind === 'private') return row(label, words.t('purchase.privatePrice'));
  if (pricing.kind === 'unknown') return row(label, words.t('purchase.priceUnknown'));
  const { price } = pricing;
  if (!price) return '';
  const one = words.money(price.amount, price.currency);
  const { isPerSeat = quantity !== null } = price;
  if (!isPerSeat) return totalRow(words, { label, amount: one, price });
  if (quantity === null) return row(label, words.t('purchase.priceUnknown'));
  return html`
    ${row(label, perTermInWords(words, words.t('purchase.perSeat', { price: one }), price.termUnit))}
    ${totalRow(words, {
      label: words.t(isFreeTrial ? 'purchase.totalAfterTrial' : 'purchase.total'),
      amount: words.money(price.amount * quantity, price.currency),
      price,
    })}
  `;
}

function totalRow(
  words: Words,
  { label, amount, price }: { label: string; amount: string; price: PlanPrice },
): Html {
  return html`<div class="total">
    <dt>${label}</dt>
    <dd>
      <b>${perTermInWords(words, amount, price.termUnit)}</b>
      <span class="note">${words.t('purchase.priceNote')}</span>
    </dd>
  </div>`;
}

export function row(label: string, value: string | Html): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** Marks every kind of test purchase. */
export function testBadge(words: Words, subscription: SubscriptionView): Html | '' {
  const isTest = subscription.isTestPurchase ?? subscription.isTest;
  return isTest ? badge(words.t('purchase.test')) : '';
}

function badge(text: string): Html {
  return html`<span class="badge">${text}</span>`;
}

/** The term and what happens at its end. At the end of a trial, payment begins or the subscription ends. */
function termRows({ term, autoRenew, isFreeTrial }: SubscriptionView, words: Words): Html | string {
  const length = term.termUnit && row(words.t('purchase.term'), termInWords(words, term.termUnit));
  const end = term.endDate ? new Date(term.endDate) : undefined;
  if (isFreeTrial && end) {
    const key = autoRenew ? 'purchase.trialRenews' : 'purchase.trialStops';
    return row(words.t('purchase.trialEnd'), words.t(key, { date: words.date(end) }));
  }
  if (!length) return '';
  if (end && autoRenew) {
    // Microsoft names the last day of the term. The renewal is on the next day.
    const renewal = words.date(new Date(end.getTime() + DAY_MS));
    return html`${length} ${row(words.t('purchase.nextBilling'), renewal)}`;
  }
  if (end) return html`${length} ${row(words.t('purchase.ends'), words.date(end))}`;
  const renewal = words.t(autoRenew ? 'purchase.renews' : 'purchase.renewsNot');
  return html`${length} ${row(words.t('purchase.renewal'), renewal)}`;
}
