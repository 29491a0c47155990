import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { row } from '../../purchase/pages/purchase-summary.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { managePath } from '../../web/paths.ts';
import { whichRow } from './which.ts';

export interface Approval {
  readonly subscription: SubscriptionView;
  readonly planName: string;
  readonly act: 'plan' | 'seats';
  /** The form's hidden values: the current value, the wanted value and the change's id. */
  readonly sent: { readonly from: string; readonly to: string; readonly request: string };
  readonly from: string;
  readonly to: string;
  /** The price of a term after the change. Absent if it is not certain. */
  readonly total?: string | undefined;
  readonly effects: readonly string[];
}

/** The page before a change: the current state, the new state, its date, and the effect on the bill. */
export function approvalPage(frame: Frame, approval: Approval): Html {
  const { words, now } = frame;
  const { from, to, total, effects } = approval;
  const title = words.t('changes.confirm.title');
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <section class="card" aria-label="${title}">
        <dl class="facts">
          ${whichRow(words, approval)} ${row(words.t('changes.confirm.from'), from)}
          ${row(words.t('changes.confirm.to'), to)}
          ${total ? row(words.t('changes.confirm.total'), total) : ''}
          ${row(
            words.t('changes.confirm.when'),
            words.t('changes.confirm.whenValue', { date: words.date(now) }),
          )}
        </dl>
        <ul class="effects">
          ${effects.map((effect) => html`<li>${effect}</li>`)}
        </ul>
      </section>
      ${approvalForm(frame, approval)}
    `,
  });
}

function approvalForm({ words, signedIn }: Frame, approval: Approval): Html {
  const { subscription, act, sent } = approval;
  const subscriptionId = subscription.id;
  const approve = words.t('changes.confirm.approve');
  return html`<form
    method="post"
    action="${managePath(subscriptionId, `/${act}`)}"
    aria-label="${approve}"
  >
    <input type="hidden" name="formKey" value="${signedIn?.formKey ?? ''}" />
    ${Object.entries(sent).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <p class="note">${words.t('changes.confirm.approval')}</p>
    <p class="actions">
      <button class="button" type="submit">${approve}</button>
      <a href="${managePath(subscriptionId)}">${words.t('changes.back')}</a>
    </p>
  </form>`;
}
