import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Plan } from '../../clients/subscriptions.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import { hasOtherSeats, type SeatChoice } from '../plan-choice.ts';
import { approvalPage } from './approval.ts';
import { planName, totalWords } from './change-plan.ts';
import { backLink, publisherReasons } from './refused.ts';

interface ChoosingSeats {
  readonly subscription: SubscriptionView;
  readonly choice: SeatChoice;
  /** The entered value, if it is not possible. */
  readonly typed?: string;
}

/** Lets the person choose a number. The page says in advance what the publisher's rules refuse. */
export function seatsPage(frame: Frame, seats: ChoosingSeats): Html {
  const { words } = frame;
  const title = words.t('changes.seats.title');
  const count = seats.subscription.quantity ?? 0;
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${words.t('changes.seats.lead', { count })}</p>
      ${
        hasOtherSeats(seats.choice, seats.subscription.quantity)
          ? seatsForm(frame, seats)
          : html`<div class="card">${fixedSeats(frame, seats.choice)}</div>
              ${backLink(frame, seats.subscription.id)}`
      }
    `,
  });
}

/** Choosing changes nothing yet, so the form uses GET. */
function seatsForm(frame: Frame, { subscription, choice, typed }: ChoosingSeats): Html {
  const { words } = frame;
  const { id, quantity } = subscription;
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
        min="${choice.ranges.at(0)?.min ?? ''}"
        max="${choice.ranges.at(-1)?.max ?? ''}"
        value="${typed ?? quantity ?? ''}"
        ${isWrong ? html`aria-invalid="true" autofocus` : ''}
        aria-describedby="${isWrong ? 'seats-problem' : 'seats-range'}"
      />
      ${
        isWrong
          ? html`<p class="problem" id="seats-problem">
              ${words.t('changes.seats.problem', { possible: possibleSeats(words, choice) })}
            </p>`
          : html`<p class="note" id="seats-range">
              ${words.t('changes.seats.between', { possible: possibleSeats(words, choice) })}
            </p>`
      }
      ${publisherReasons(frame, choice.reasons)}
    </div>
    <p class="actions">
      <button class="button" type="submit">${words.t('changes.next')}</button>
      <a href="${managePath(id)}">${words.t('changes.back')}</a>
    </p>
  </form>`;
}

/** "20 to 500", or several such ranges if the publisher's rules leave gaps. */
function possibleSeats(words: Words, { ranges }: SeatChoice): string {
  return ranges
    .map(({ min, max }) =>
      min === max
        ? words.number(min)
        : words.t('changes.seats.range', { min: words.number(min), max: words.number(max) }),
    )
    .join(', ');
}

/** Says that there is no other number to choose, with the publisher's reasons. */
export function fixedSeats(frame: Frame, { reasons }: SeatChoice): Html {
  return html`<p>${frame.words.t('changes.seats.none')}</p>
    ${publisherReasons(frame, reasons)}`;
}

/** The consequences of the change. Sending the form approves it. */
export function confirmSeatsPage(
  frame: Frame,
  of: { subscription: SubscriptionView; plan: Plan | undefined; seats: number; request: string },
): Html {
  const { words } = frame;
  const { subscription, plan, seats, request } = of;
  const now = subscription.quantity ?? 0;
  return approvalPage(frame, {
    subscription,
    planName: plan ? planName(plan) : subscription.planId,
    act: 'seats',
    total: totalWords(words, { ...subscription, quantity: seats }, { current: plan, target: plan }),
    sent: { from: String(now), to: String(seats), request },
    from: words.t('changes.seats.count', { count: now }),
    to: words.t('changes.seats.count', { count: seats }),
    effects: [words.t('changes.confirm.seatsMoney')],
  });
}
