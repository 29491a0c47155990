import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view.ts';
import { framed, type Frame, type Html } from '../../pages/frame.ts';
import { managePath } from '../paths.ts';
import type { SeatBounds } from '../plan-choice.ts';
import { approvalPage } from './approval.ts';

/** How many; `typed` is what was entered and is not possible. */
export function seatsPage(
  frame: Frame,
  seats: { subscription: SubscriptionView; bounds: SeatBounds; typed?: string },
): Html {
  const { words } = frame;
  const title = words.t('changes.seats.title');
  const count = seats.subscription.quantity ?? 0;
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('changes.seats.lead', { count })}</p>
      ${seatsForm(frame, seats)}
    `,
  });
}

/** Choosing changes nothing yet, so the form is a GET. */
function seatsForm(
  { words }: Frame,
  {
    subscription,
    bounds,
    typed,
  }: { subscription: SubscriptionView; bounds: SeatBounds; typed?: string },
): Html {
  const { id, quantity } = subscription;
  const range = { min: words.number(bounds.min), max: words.number(bounds.max) };
  const isWrong = typed !== undefined;
  return html`<form class="card" method="get" action="${managePath(id, '/seats')}">
    <div class="field">
      <label for="to">${words.t('changes.seats.label')}</label>
      <input
        id="to"
        name="to"
        type="number"
        inputmode="numeric"
        required
        min="${bounds.min}"
        max="${bounds.max}"
        value="${typed ?? quantity ?? ''}"
        ${isWrong ? html`aria-invalid="true" autofocus` : ''}
        aria-describedby="${isWrong ? 'seats-problem' : 'seats-range'}"
      />
      ${
        isWrong
          ? html`<p class="problem" id="seats-problem">
              ${words.t('changes.seats.problem', range)}
            </p>`
          : html`<p class="note" id="seats-range">${words.t('changes.seats.between', range)}</p>`
      }
    </div>
    <p class="actions">
      <button class="button" type="submit">${words.t('changes.next')}</button>
      <a href="${managePath(id)}">${words.t('changes.back')}</a>
    </p>
  </form>`;
}

/** What the change means; sending it is the approval. */
export function confirmSeatsPage(
  frame: Frame,
  of: { subscription: SubscriptionView; seats: number; request: string },
): Html {
  const { words } = frame;
  const { subscription, seats, request } = of;
  const now = subscription.quantity ?? 0;
  return approvalPage(frame, {
    subscriptionId: subscription.id,
    act: 'seats',
    sent: { from: String(now), to: String(seats), request },
    from: words.t('changes.seats.count', { count: now }),
    to: words.t('changes.seats.count', { count: seats }),
    effects: [words.t('changes.confirm.seatsMoney')],
  });
}
