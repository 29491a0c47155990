import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import { PERSONAL_ACCOUNTS_TENANT, type Visitor } from '../id-token.ts';
import { dateInWords, termInWords } from '../term-words.ts';
import type { Html, Product } from './frame.ts';

/** What was bought, in words. */
export function purchaseSummary(
  subscription: SubscriptionView,
  { product, planName }: { product: Product; planName: string | undefined },
): Html {
  const { quantity, term, offerId, planId, name } = subscription;
  return html`
    <dl class="facts">
      <div>
        <dt>Product</dt>
        <dd>${product.name} <span class="note">${offerId}</span></dd>
      </div>
      <div>
        <dt>Plan</dt>
        <dd>
          ${planName ? html`${planName} <span class="note">${planId}</span>` : planId}
          ${subscription.isFreeTrial ? html`<span class="badge">Free trial</span>` : ''}
          ${subscription.isTest ? html`<span class="badge">Test purchase</span>` : ''}
        </dd>
      </div>
      ${quantity === null ? '' : row('Seats', String(quantity))}
      ${term.termUnit ? row('Term', termWords(subscription)) : ''}
      ${name ? row('Subscription name', name) : ''}
    </dl>
  `;
}

/** Who is signed in, so that nobody confirms with the wrong account unnoticed. */
export function visitorSummary(visitor: Visitor): Html {
  const isPersonal = visitor.tenantId === PERSONAL_ACCOUNTS_TENANT;
  return html`
    <dl class="facts">
      ${visitor.name ? row('Name', visitor.name) : ''}
      ${visitor.email ? row('Account', visitor.email) : ''}
      <div>
        <dt>Organisation</dt>
        <dd>
          ${
            isPersonal
              ? 'Personal Microsoft account'
              : html`<span class="note">Tenant</span> <code>${visitor.tenantId}</code>`
          }
        </dd>
      </div>
    </dl>
    <p class="actions"><a href="/landing/sign-in?account=other">Not you? Use another account</a></p>
  `;
}

export function row(label: string, value: string): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function termWords({ term, autoRenew }: SubscriptionView): string {
  const words = termInWords(term.termUnit ?? '');
  const until = term.endDate ? `, until ${dateInWords(new Date(term.endDate))}` : '';
  return `${words}${until}${autoRenew ? ', renews by itself' : ''}`;
}
