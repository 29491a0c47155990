import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { framed, linkTo, type Frame, type Html } from '../../web/pages/frame.ts';
import { ADMIN_CENTER, AZURE_PORTAL } from '../../web/pages/guide.ts';
import { managePath } from '../../web/paths.ts';
import { whichRow } from './which.ts';

interface Cancelling {
  readonly subscription: SubscriptionView;
  readonly planName: string;
  /** Days for which the data is kept after the end. */
  readonly days: number;
  readonly request: string;
  readonly isTickMissing: boolean;
}

/** The consequences of a cancellation, and the check box that has to be ticked. */
export function cancelPage(frame: Frame, cancelling: Cancelling): Html {
  const { words, product } = frame;
  const title = words.t('changes.cancel.title');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('changes.cancel.lead')}</p>
      <section class="card" aria-label="${title}">
        <dl class="facts">${whichRow(words, cancelling)}</dl>
        <ul class="effects">
          <li>${words.t('changes.cancel.access', { product: product.name })}</li>
          <li>${words.t('changes.cancel.money')}</li>
          <li>${words.t('changes.cancel.data', { days: cancelling.days })}</li>
          <li>${words.t('changes.cancel.again', { product: product.name })}</li>
        </ul>
      </section>
      ${
        cancelling.subscription.autoRenew
          ? html`<p class="note">
              ${words.html('changes.cancel.alternative', {
                product: product.name,
                azure: linkTo(AZURE_PORTAL),
                m365: linkTo(ADMIN_CENTER),
              })}
            </p>`
          : ''
      }
      ${cancelForm(frame, cancelling)}
    `,
  });
}

function cancelForm({ words, signedIn }: Frame, cancelling: Cancelling): Html {
  const { subscription, request, isTickMissing } = cancelling;
  const approve = words.t('changes.cancel.approve');
  return html`<form
    class="card"
    method="post"
    action="${managePath(subscription.id, '/cancel')}"
    aria-label="${approve}"
  >
    <input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
    <input type="hidden" name="request" value="${request}" />
    <label class="tick">
      <input
        type="checkbox"
        name="understood"
        value="yes"
        required
        ${isTickMissing ? html`aria-invalid="true" aria-describedby="tick-problem" autofocus` : ''}
      />
      <span>${words.t('changes.cancel.tick')}</span>
    </label>
    ${
      isTickMissing
        ? html`<p class="problem" id="tick-problem">${words.t('changes.cancel.tickMissing')}</p>`
        : ''
    }
    <p class="note">${words.t('changes.confirm.approval')}</p>
    <p class="actions">
      <button class="button destructive" type="submit">${approve}</button>
      <a href="${managePath(subscription.id)}">${words.t('changes.cancel.keep')}</a>
    </p>
  </form>`;
}
