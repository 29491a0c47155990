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

/** Shows the purchase and the buyer, asks what is missing, and lets the buyer confirm. */
export function confirmPage(frame: Frame, form: ConfirmForm): Html {
  const { product, signedIn } = frame;
  const { subscription, planName, relation, isLink } = form;
  const hasFailed = subscription.activation.state === 'failed';
  const title = isLink ? 'Link your subscription' : 'Confirm your purchase';
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">
        ${
          isLink
            ? html`This subscription is active. Link it to your account, and it is yours to use.`
            : html`You bought ${product.name} from Microsoft. Check that everything is right;
              billing starts only after you have confirmed.`
        }
      </p>
      ${
        hasFailed
          ? html`<p class="notice" role="status">
              The last activation did not succeed and nothing was billed. You may confirm again.
            </p>`
          : ''
      }
      <section class="card" aria-labelledby="what">
        <h2 id="what">What you bought</h2>
        ${purchaseSummary(subscription, { product, planName })}
      </section>
      ${
        signedIn
          ? html`<section class="card" aria-labelledby="who">
              <h2 id="who">Who you are</h2>
              ${visitorSummary(signedIn.visitor)}
            </section>`
          : ''
      }
      <form class="card" method="post" action="/landing/confirm" aria-label="${title}">
        <input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
        <input type="hidden" name="visit" value="${form.visitId}" />
        ${emailField(form)} ${relation === 'beneficiary' ? '' : onBehalfField(form)}
        <button class="button" type="submit">
          ${isLink ? 'Link to my account' : 'Confirm and activate'}
        </button>
        <p class="note">
          ${
            isLink
              ? 'Nothing about your plan or its price changes.'
              : 'Next we ask Microsoft to activate the subscription. That usually takes less than two minutes. A purchase that nobody confirms is cancelled by Microsoft after 30 days and never billed.'
          }
        </p>
      </form>
    `,
  });
}

function emailField({ email, problems, relation }: ConfirmForm): Html {
  const isWrong = problems?.includes('email') ?? false;
  return html`
    <label for="email">
      ${relation === 'purchaser' ? "Customer's contact e-mail" : 'Contact e-mail'}
    </label>
    <input
      id="email"
      name="email"
      type="email"
      autocomplete="email"
      required
      maxlength="200"
      value="${email}"
      ${isWrong ? html`aria-invalid="true" aria-describedby="email-problem"` : ''}
    />
    ${
      isWrong
        ? html`<p class="problem" id="email-problem">
            Please enter an e-mail address such as name@example.com.
          </p>`
        : ''
    }
    <p class="note">For messages about this subscription. It is no sign-in name.</p>
  `;
}

function onBehalfField({ relation, subscription, problems }: ConfirmForm): Html {
  const isWrong = problems?.includes('onBehalf') ?? false;
  const { emailId, tenantId } = subscription.beneficiary;
  return html`
    <div class="notice">
      <p>
        ${
          relation === 'purchaser'
            ? html`You are signed in for the partner that bought this. The subscription is
              for${emailId ? html` <b>${emailId}</b> in` : ''} the customer's organisation
              ${tenantId ? html`<code>${tenantId}</code>` : ''} and will belong to it, not to you.`
            : html`Microsoft did not tell us which organisation this purchase is for, so we cannot
              check that it is yours.`
        }
      </p>
      <label class="tick">
        <input
          type="checkbox"
          name="onBehalf"
          value="yes"
          required
          ${isWrong ? html`aria-invalid="true" aria-describedby="tick-problem"` : ''}
        />
        <span>
          ${
            relation === 'purchaser'
              ? 'I set it up on behalf of this customer.'
              : 'I am entitled to set it up for my organisation.'
          }
        </span>
      </label>
      ${
        isWrong
          ? html`<p class="problem" id="tick-problem">Please confirm this before you go on.</p>`
          : ''
      }
    </div>
  `;
}
