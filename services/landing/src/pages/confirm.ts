import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import type { VisitorRelation } from '../visitor-relation.ts';
import { framed, type Frame, type Html } from './frame.ts';
import { purchaseSummary, visitorSummary } from './purchase-summary.ts';

export interface ConfirmForm {
  readonly visitId: string;
  readonly subscription: SubscriptionView;
  readonly planName: string | undefined;
  readonly relation: VisitorRelation;
  /** Subscribed already (activated at purchase): confirming links it and starts no billing. */
  readonly isLink: boolean;
  readonly email: string;
  readonly problems?: readonly ('email' | 'onBehalf')[] | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Shows the purchase and the buyer, asks what is missing, and lets the buyer confirm. */
export function confirmPage(frame: Frame, form: ConfirmForm): Html {
  const { product, signedIn, words } = frame;
  const { subscription, planName, relation, isLink } = form;
  const hasFailed = subscription.activation.state === 'failed';
  const title = words.t(isLink ? 'confirm.titleLink' : 'confirm.title');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">
        ${isLink ? words.t('confirm.leadLink') : words.t('confirm.lead', { product: product.name })}
      </p>
      ${
        hasFailed
          ? html`<p class="notice" role="status">${words.t('confirm.failedBefore')}</p>`
          : ''
      }
      <section class="card" aria-labelledby="what">
        <h2 id="what">${words.t('purchase.title')}</h2>
        ${purchaseSummary(frame, { subscription, planName })}
      </section>
      ${visitorSummary(frame)}
      <form class="card" method="post" action="/landing/confirm" aria-label="${title}">
        <input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
        <input type="hidden" name="visit" value="${form.visitId}" />
        ${emailField(frame, form)} ${relation === 'beneficiary' ? '' : onBehalfField(frame, form)}
        <button class="button" type="submit">
          ${words.t(isLink ? 'confirm.submitLink' : 'confirm.submit')}
        </button>
        <p class="note">
          ${isLink ? words.t('confirm.noteLink') : words.t('confirm.note')}
          ${isLink ? '' : daysLeft(frame, subscription)}
        </p>
      </form>
    `,
  });
}

/** Of the 30 days after which Microsoft gives up on a purchase that nobody configured. */
function daysLeft({ words, now }: Frame, { deadlines }: SubscriptionView): string {
  const deadline = deadlines?.find(({ kind }) => kind === 'configuration');
  if (!deadline) return '';
  const leftMs = new Date(deadline.at).getTime() - now.getTime();
  return words.t('confirm.daysLeft', { days: Math.max(0, Math.floor(leftMs / DAY_MS)) });
}

function emailField({ words }: Frame, { email, problems, relation }: ConfirmForm): Html {
  const isWrong = problems?.includes('email') ?? false;
  return html`
    <label for="email">
      ${words.t(relation === 'purchaser' ? 'confirm.emailOfCustomer' : 'confirm.email')}
    </label>
    <input
      id="email"
      name="email"
      type="email"
      autocomplete="email"
      required
      maxlength="200"
      value="${email}"
      aria-describedby="email-help${isWrong ? ' email-problem' : ''}"
      ${isWrong ? html`aria-invalid="true"` : ''}
    />
    ${
      isWrong
        ? html`<p class="problem" id="email-problem">${words.t('confirm.emailProblem')}</p>`
        : ''
    }
    <p class="note" id="email-help">${words.t('confirm.emailHelp')}</p>
  `;
}

function onBehalfField({ words }: Frame, { relation, subscription, problems }: ConfirmForm): Html {
  const isWrong = problems?.includes('onBehalf') ?? false;
  const isPartner = relation === 'purchaser';
  const { emailId, tenantId } = subscription.beneficiary;
  return html`
    <div class="notice">
      <p>${words.t(isPartner ? 'confirm.forCustomer' : 'confirm.ownerUnknown')}</p>
      ${
        isPartner && (emailId || tenantId)
          ? html`<p>
              ${words.t('confirm.customer')}: ${emailId ? html`<b>${emailId}</b>` : ''}
              ${tenantId ? html`<code>${tenantId}</code>` : ''}
            </p>`
          : ''
      }
      <label class="tick">
        <input
          type="checkbox"
          name="onBehalf"
          value="yes"
          required
          ${isWrong ? html`aria-invalid="true" aria-describedby="tick-problem"` : ''}
        />
        <span>${words.t(isPartner ? 'confirm.onBehalf' : 'confirm.entitled')}</span>
      </label>
      ${
        isWrong
          ? html`<p class="problem" id="tick-problem">${words.t('confirm.tickProblem')}</p>`
          : ''
      }
    </div>
  `;
}
