import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Plan } from '../../clients/subscriptions.ts';
import { pricingOf } from '../../purchase/plan-shown.ts';
import { perTermInWords } from '../../purchase/term-words.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import type { PlanChoice } from '../plan-choice.ts';
import { approvalPage } from './approval.ts';
import { backLink, publisherReasons } from './refused.ts';

interface Choosing {
  readonly subscription: SubscriptionView;
  readonly choice: PlanChoice;
}

/** Lets the person choose a plan. Choosing changes nothing yet, so the form uses GET. */
export function planPage(frame: Frame, { subscription, choice }: Choosing): Html {
  const { words } = frame;
  const title = words.t('changes.plan.title');
  const { current, targets } = choice;
  return framed(frame, {
    title,
    body: html`
      <h1>${title}</h1>
      <p class="lead">
        ${words.t(targets.length > 0 ? 'changes.plan.lead' : 'manage.why.noOtherPlan')}
      </p>
      ${
        current
          ? html`<section class="card" aria-labelledby="current">
              <h2 id="current">${words.t('changes.plan.current')}</h2>
              ${planWords(words, current, subscription)}
            </section>`
          : ''
      }
      ${targets.length > 0 ? choiceForm(frame, { subscription, choice }) : ''}
      ${
        choice.unfit.length + choice.refused.length > 0
          ? html`<div class="card">${excluded(frame, choice)}</div>`
          : ''
      }
      ${targets.length > 0 ? '' : backLink(frame, subscription.id)}
    `,
  });
}

/** Says that there is no other plan to choose, and why the existing ones are not possible. */
export function noOtherPlan(frame: Frame, { choice }: Choosing): Html {
  return html`<p>${frame.words.t('manage.why.noOtherPlan')}</p>
    ${excluded(frame, choice)}`;
}

/** The plans that cannot be chosen now, with the publisher's reasons. */
function excluded(frame: Frame, { unfit, refused }: PlanChoice): Html {
  const { words } = frame;
  return html`${
    unfit.length > 0
      ? html`<div class="excluded">
          <p>${words.t('changes.plan.unfit')}</p>
          <ul>
            ${unfit.map(
              (plan) =>
                html`<li><b>${planName(plan)}</b> <span>(${seats(words, plan)})</span></li>`,
            )}
          </ul>
        </div>`
      : ''
  }
  ${
    refused.length > 0
      ? html`<div class="excluded">
          <p>${words.t('changes.plan.refused')}</p>
          <ul>
            ${refused.map(
              (plan) =>
                html`<li>
                  <b>${planName(plan)}</b>
                  ${publisherReasons(frame, plan.refusal?.message ? [plan.refusal.message] : [])}
                </li>`,
            )}
          </ul>
        </div>`
      : ''
  }`;
}

function choiceForm({ words }: Frame, { subscription, choice }: Choosing): Html {
  const { id } = subscription;
  return html`<form class="card" method="get" action="${managePath(id, '/plan')}">
    <fieldset class="choices">
      <legend>${words.t('changes.plan.legend')}</legend>
      ${choice.targets.map(
        (plan, index) =>
          html`<label class="choice">
            <input
              type="radio"
              name="to"
              value="${plan.planId}"
              required
              ${choice.targets.length === 1 && index === 0 ? html`checked` : ''}
            />
            <span>${planWords(words, plan, subscription)}</span>
          </label>`,
      )}
    </fieldset>
    <p class="actions">
      <button class="button" type="submit">${words.t('changes.next')}</button>
      <a href="${managePath(id)}">${words.t('changes.back')}</a>
    </p>
  </form>`;
}

/** Name, price for the subscription's term, seats, and Microsoft's description of the plan. */
function planWords(words: Words, plan: Plan, subscription: SubscriptionView): Html {
  const details = [price(words, plan, subscription), seats(words, plan)].filter(Boolean);
  return html`<b class="plan">${planName(plan)}</b>
    ${plan.isPrivate ? html`<span class="badge">${words.t('changes.plan.private')}</span>` : ''}
    ${plan.hasFreeTrials ? html`<span class="badge">${words.t('changes.plan.trial')}</span>` : ''}
    ${details.map((text) => html`<span class="detail">${text}</span>`)}
    ${plan.description ? html`<span class="detail note">${plan.description}</span>` : ''}`;
}

export function planName(plan: Plan): string {
  return plan.displayName || plan.planId;
}

/** The current plan's price is shown only if it is certainly what the customer pays. */
function price(words: Words, plan: Plan, subscription: SubscriptionView): string {
  const { term, planId } = subscription;
  const isInForce = plan.planId === planId;
  if (isInForce && pricingOf(plan, subscription).kind !== 'listed') return '';
  const found = plan.terms?.find(({ termUnit }) => termUnit === term.termUnit);
  if (!found) return '';
  const amount = words.money(found.price, found.currency);
  const price = plan.isPricePerSeat ? words.t('purchase.perSeat', { price: amount }) : amount;
  return perTermInWords(words, price, found.termUnit);
}

function seats(words: Words, { isPricePerSeat, minQuantity: min, maxQuantity: max }: Plan): string {
  if (!isPricePerSeat) return '';
  if (min !== undefined && max !== undefined) {
    const range = { min: words.number(min), max: words.number(max) };
    return words.t('changes.plan.seatsBetween', range);
  }
  if (min !== undefined) return words.t('changes.plan.seatsFrom', { min });
  return max === undefined ? '' : words.t('changes.plan.seatsTo', { max });
}

/** The consequences of the change. Sending the form approves it. */
export function confirmPlanPage(
  frame: Frame,
  { subscription, choice, target, request }: Choosing & { target: Plan; request: string },
): Html {
  const { words } = frame;
  const { planId, isFreeTrial } = subscription;
  const current = choice.current;
  const named = (plan: Plan) =>
    [planName(plan), price(words, plan, subscription)].filter(Boolean).join(', ');
  const endsTrial = isFreeTrial && !target.hasFreeTrials;
  return approvalPage(frame, {
    subscription,
    planName: current ? planName(current) : planId,
    act: 'plan',
    total: totalWords(words, subscription, { current, target }),
    sent: { from: planId, to: target.planId, request },
    from: current ? named(current) : planId,
    to: named(target),
    effects: [
      ...(endsTrial ? [words.t('changes.confirm.endsTrial')] : []),
      words.t('changes.confirm.planMoney'),
      ...(target.dimensions?.length ? [words.t('changes.confirm.newTerm')] : []),
    ],
  });
}

/**
 * The total price of a term after the change. Undefined if the amount is not certain: Microsoft names private
 * offers only for the current plan, so that plan decides.
 */
export function totalWords(
  words: Words,
  subscription: SubscriptionView,
  { current, target }: { readonly current: Plan | undefined; readonly target: Plan | undefined },
): string | undefined {
  if (subscription.channel === 'csp') return undefined;
  if (pricingOf(current, subscription).kind !== 'listed') return undefined;
  const found = target?.terms?.find(({ termUnit }) => termUnit === subscription.term.termUnit);
  if (!target || !found) return undefined;
  const count = target.isPricePerSeat ? (subscription.quantity ?? 1) : 1;
  return perTermInWords(words, words.money(found.price * count, found.currency), found.termUnit);
}
