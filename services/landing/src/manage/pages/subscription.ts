import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Choices, Usage } from '../../clients/subscriptions.ts';
import type { Role } from '../../db/schema.ts';
import { purchaseSummary, row } from '../../purchase/pages/purchase-summary.ts';
import { pricingOf } from '../../purchase/plan-shown.ts';
import type { Member } from '../../store/members.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { LIST_PATH, managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import { planNameIn, type HistoryLine } from '../history.ts';
import { obstacleTo } from '../obstacle.ts';
import { hasOtherSeats, planChoice, seatChoice } from '../plan-choice.ts';
import { hasRight, rolesWith } from '../roles.ts';
import { noOtherPlan } from './change-plan.ts';
import { fixedSeats } from './change-seats.ts';
import { pendingSteps } from './follow-change.ts';
import { historyLines } from './history.ts';
import { peopleList, reasonInWords } from './refused.ts';
import { usageCard } from './usage.ts';

export interface LastChange {
  readonly changeId: string;
  readonly hasFailed: boolean;
}

export interface Managed {
  readonly subscription: SubscriptionView;
  readonly role: Role;
  /** Empty if Microsoft does not answer quickly. The page then shows ids in place of names. */
  readonly choices: Choices;
  readonly usage: Usage | undefined;
  readonly people: {
    readonly members: readonly (Member & { role: Role })[];
    readonly waiting: readonly Member[];
  };
  readonly lines: readonly HistoryLine[];
  readonly lastChange: LastChange | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The page of an active subscription. */
export function subscriptionPage(frame: Frame, managed: Managed): Html {
  const { words, product } = frame;
  const { subscription, choices, usage, lines } = managed;
  const { plans } = choices;
  const { id } = subscription;
  const title = words.t('manage.title');
  return framed(frame, {
    title,
    isFollowed: true,
    ...(subscription.pendingChange ? { refreshSeconds: PENDING_REFRESH_SECONDS } : {}),
    isWide: true,
    body: html`
      <h1>${title}</h1>
      <p class="lead">${sentence(words, subscription)}</p>
      ${news(frame, managed)}
      <p class="actions">
        <a class="button" href="${product.url}">
          ${words.t('frame.openProduct', { product: product.name })}
        </a>
      </p>
      <div class="columns">
        <div>
          <section class="card" aria-labelledby="what">
            <h2 id="what">${words.t('purchase.subscription')}</h2>
            ${summary(frame, managed)} ${actions(frame, managed)}
          </section>
          ${usageCard(frame, { usage, plans, planId: subscription.planId })}
        </div>
        <div>
          ${peopleCard(frame, managed)}
          <section class="card" aria-labelledby="history">
            <h2 id="history">${words.t('manage.history.title')}</h2>
            ${historyLines(frame, lines)}
            <p><a href="${managePath(id, '/history')}">${words.t('manage.history.all')}</a></p>
          </section>
        </div>
      </div>
      <p class="actions"><a href="${LIST_PATH}">${words.t('manage.list.back')}</a></p>
    `,
  });
}

/** For browsers without script. The script updates the page more often. */
const PENDING_REFRESH_SECONDS = 5;

/** Microsoft names the last day of the term. The renewal is on the next day. */
function sentence(words: Words, { term, autoRenew, isFreeTrial }: SubscriptionView): string {
  if (!term.endDate) return words.t('manage.sentence.active');
  const end = new Date(term.endDate);
  const date = words.date(end);
  if (isFreeTrial) {
    return words.t(autoRenew ? 'manage.sentence.trialRenews' : 'manage.sentence.trialEnds', {
      date,
    });
  }
  return autoRenew
    ? words.t('manage.sentence.renews', { date: words.date(dayAfter(end)) })
    : words.t('manage.sentence.ends', { date });
}

function dayAfter(day: Date): Date {
  return new Date(day.getTime() + DAY_MS);
}

/** The change that is under way, or the outcome of the last one. */
function news(frame: Frame, { subscription, choices, lastChange }: Managed): Html | string {
  const { words } = frame;
  const { pendingChange, id } = subscription;
  if (pendingChange)
    return pendingSteps(frame, {
      subscriptionId: id,
      pendingChange,
      plans: choices.plans,
    });
  if (!lastChange) return '';
  const text = words.t(lastChange.hasFailed ? 'changes.last.failed' : 'changes.last.succeeded');
  return html`<p class="notice" role="status">
    ${text}
    <a href="${managePath(id, `/changes/${lastChange.changeId}`)}">
      ${words.t('changes.last.details')}
    </a>
  </p>`;
}

/** Plan, price and the reader's role. */
function summary(frame: Frame, { subscription, choices, role }: Managed): Html {
  const { words } = frame;
  const { plans } = choices;
  const plan = plans.find(({ planId }) => planId === subscription.planId);
  return purchaseSummary(frame, {
    subscription,
    planName: planNameIn(plans, subscription.planId),
    pricing: pricingOf(plan, subscription),
    more: row(words.t('manage.facts.role'), words.t(`people.role.${role}`)),
  });
}

/** The possible actions. If there are none, the reason, or the people who have the right. */
function actions(frame: Frame, managed: Managed): Html {
  const { words } = frame;
  const { subscription, role, choices } = managed;
  const { id, quantity } = subscription;
  const [noPlan, noSeats, noCancel] = (['plan', 'seats', 'cancel'] as const).map((act) =>
    obstacleTo(act, subscription),
  );
  const general = noPlan && noCancel && noPlan === noCancel ? noPlan : undefined;
  if (general) {
    return html`<p class="note">${reasonInWords(frame, subscription, general)}</p>`;
  }
  if (!hasRight(role, 'change')) return byWhom(frame, managed, 'change');
  const plans = planChoice(choices.plans, subscription);
  const isOnlyPlan = choices.plans.length > 0 && plans.targets.length === 0;
  const seats = seatChoice(choices, subscription);
  const areSeatsFixed = !hasOtherSeats(seats, quantity);
  const canCancel = !noCancel && hasRight(role, 'cancel');
  const link = (to: '/plan' | '/seats', text: string) =>
    html`<a class="button second" href="${managePath(id, to)}">${text}</a>`;
  return html`${noPlan ? html`<p class="note">${reasonInWords(frame, subscription, noPlan)}</p>` : ''}
    ${noPlan || !isOnlyPlan ? '' : noOtherPlan(frame, { subscription, choice: plans })}
    ${noSeats || !areSeatsFixed ? '' : fixedSeats(frame, seats)}
    <p class="actions">
      ${noPlan || isOnlyPlan ? '' : link('/plan', words.t('manage.changePlan'))}
      ${noSeats || areSeatsFixed ? '' : link('/seats', words.t('manage.changeSeats'))}
      ${
        canCancel
          ? html`<a class="danger" href="${managePath(id, '/cancel')}">
              ${words.t('manage.cancel')}
            </a>`
          : ''
      }
    </p>
    ${hasRight(role, 'cancel') || noCancel ? '' : byWhom(frame, managed, 'cancel')}`;
}

function byWhom(frame: Frame, { people }: Managed, needs: 'change' | 'cancel'): Html {
  const able = people.members.filter(({ role }) => rolesWith(needs).includes(role));
  return html`<div class="note">
    <p>${frame.words.t(`manage.denied.${needs}`)}</p>
    ${peopleList(frame, able)}
  </div>`;
}

function peopleCard(frame: Frame, { subscription, role, people }: Managed): Html | string {
  const { words } = frame;
  if (!hasRight(role, 'people')) return '';
  const waiting = people.waiting.length;
  return html`<section class="card" aria-labelledby="people">
    <h2 id="people">${words.t('manage.people.title')}</h2>
    ${
      waiting > 0
        ? html`<p class="notice">${words.t('manage.people.waiting', { count: waiting })}</p>`
        : ''
    }
    ${peopleList(frame, people.members.slice(0, SHOWN_PEOPLE))}
    <p>
      <a href="${managePath(subscription.id, '/people')}">${words.t('manage.people.open')}</a>
    </p>
  </section>`;
}

/** The others are on the people page. */
const SHOWN_PEOPLE = 5;
