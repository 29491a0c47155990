import { html } from 'hono/html';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import type { Change, Plan } from '../../clients/subscriptions.ts';
import { ownText, textOf } from '../../offer-pages/pages/question-fields.ts';
import { followed, stepList } from '../../web/pages/followed.ts';
import { framed, linkTo, type Frame, type Html } from '../../web/pages/frame.ts';
import { ADMIN_CENTER, AZURE_PORTAL } from '../../web/pages/guide.ts';
import { managePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import { changeView } from '../change-view.ts';
import { planNameIn } from '../history.ts';
import { backLink } from './refused.ts';

/** For browsers without script. The script updates the page more often. */
const REFRESH_SECONDS = 5;

/** One change: the request, its progress and its outcome. */
export function changePage(
  frame: Frame,
  of: { subscription: SubscriptionView; change: Change; plans: readonly Plan[] },
): Html {
  const { words } = frame;
  const { subscription, change, plans } = of;
  const view = changeView(words, change);
  return framed(frame, {
    title: view.headline,
    isFollowed: true,
    ...(view.isFinal ? {} : { refreshSeconds: REFRESH_SECONDS }),
    body: followed(view, {
      statePath: managePath(subscription.id, `/changes/${change.changeId}/state`),
      content: html`
        <p class="lead">${whatInWords(words, change, plans)}</p>
        <p>${outcome(frame, change)}</p>
        ${change.message ? html`<p class="notice">${ownText(textOf(frame, change.message))}</p>` : ''}
        ${backLink(frame, subscription.id)}
      `,
    }),
  });
}

/** The progress of a change on the subscription's page, while it is under way. */
export function pendingSteps(
  { words }: Frame,
  of: {
    subscriptionId: string;
    pendingChange: NonNullable<SubscriptionView['pendingChange']>;
    plans: readonly Plan[];
  },
): Html {
  const { subscriptionId, pendingChange, plans } = of;
  const view = changeView(words, pendingChange);
  const address = managePath(subscriptionId, `/changes/${pendingChange.changeId}`);
  return html`<section
    class="card"
    aria-labelledby="pending"
    data-follow="${address}/state"
    data-stage="${view.stage}"
    data-look="${view.look}"
  >
    <h2 id="pending">${words.t('changes.pending')}</h2>
    <p id="headline" aria-live="polite" tabindex="-1">${view.headline}</p>
    <div data-part>
      <p class="note">${whatInWords(words, pendingChange, plans)}</p>
      ${stepList(view.steps)}
      <p><a href="${address}">${words.t('changes.follow')}</a></p>
    </div>
  </section>`;
}

export function whatInWords(
  words: Words,
  { kind, planId, quantity, from }: Pick<Change, 'kind' | 'planId' | 'quantity' | 'from'>,
  plans: readonly Plan[],
): string {
  switch (kind) {
    case 'ChangePlan': {
      const plan = planNameIn(plans, planId ?? '');
      return from?.planId === undefined
        ? words.t('changes.what.plan', { plan })
        : words.t('changes.what.planFrom', { from: planNameIn(plans, from.planId), plan });
    }
    case 'ChangeQuantity': {
      const count = quantity ?? 0;
      return from?.quantity === undefined
        ? words.t('changes.what.seats', { count })
        : words.t('changes.what.seatsFrom', { from: words.number(from.quantity), count });
    }
    default:
      return words.t('changes.what.cancel');
  }
}

function outcome({ words, product }: Frame, { state, kind, failure }: Change): Html | string {
  switch (state) {
    case 'succeeded':
      return words.t('changes.succeeded.text');
    case 'failed':
      if (kind === 'Unsubscribe') {
        return words.html('changes.failed.cancel', {
          azure: linkTo(AZURE_PORTAL),
          m365: linkTo(ADMIN_CENTER),
        });
      }
      if (failure === 'refused-by-publisher') {
        return words.t('changes.failed.byPublisher', { product: product.name });
      }
      return words.t(`changes.failed.${failureKey(failure)}`);
    default:
      return words.t('changes.time');
  }
}

function failureKey(failure: string | undefined) {
  switch (failure) {
    case 'refused':
    case 'locked':
    case 'conflict':
    case 'failed':
      return failure;
    default:
      return 'unknown';
  }
}
