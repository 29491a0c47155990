import { html } from 'hono/html';
import { purchasePath } from '../paths.ts';
import { isFinal, reachedStep, type Stage, type Step } from '../progress.ts';
import type { Words } from '../words/words.ts';
import { followed, type FollowedView } from './followed.ts';
import { framed, type Frame, type Html } from './frame.ts';

/** Without script; with it the page asks more often. */
const REFRESH_SECONDS = 5;

/** How far a purchase is, as it is shown. */
export type ProgressView = FollowedView & { readonly stage: Stage };

/** What is known beside the stage. */
export interface Circumstances {
  readonly steps: readonly Step[];
  /** The worker cannot be asked just now. */
  readonly isStale: boolean;
  /** It takes longer than such things usually take. */
  readonly isSlow: boolean;
}

/** Steps up to the one that is reached are done; the one after it is what happens now. */
export function progressView(
  words: Words,
  stage: Stage,
  { steps, isStale, isSlow }: Circumstances,
): ProgressView {
  const last = reachedStep(stage);
  const reached = last ? steps.indexOf(last) : -1;
  const shown = last ? steps : [];
  return {
    stage,
    look: [stage, steps.length, isStale && 'stale', isSlow && 'slow'].filter(Boolean).join(' '),
    isFinal: isFinal(stage),
    headline: words.t(`progress.${stage}`),
    steps: shown.map((step, index) => {
      const state = index <= reached ? 'done' : index === reached + 1 ? 'current' : 'waiting';
      const label = words.t(labelOf(step, steps));
      return { label, state, spoken: words.t(`progress.${state}`) };
    }),
  };
}

/** Where Microsoft's yes is no step of its own, the last one says it too. */
function labelOf(step: Step, steps: readonly Step[]) {
  const isBoth = step === 'ready' && !steps.includes('confirmed');
  return isBoth ? 'progress.step.confirmedReady' : (`progress.step.${step}` as const);
}

/** Follows a confirmed purchase; may be closed and opened again at any time. */
export function progressPage(
  frame: Frame,
  shown: {
    readonly visitId: string;
    readonly view: ProgressView;
    readonly circumstances: Circumstances;
    readonly canRetry: boolean;
    /** Where this visitor manages the subscription; undefined for whoever may not. */
    readonly managedAt: string | undefined;
  },
): Html {
  const { visitId, view, circumstances, canRetry, managedAt } = shown;
  const { isStale, isSlow } = circumstances;
  const { words } = frame;
  return framed(frame, {
    title: view.headline,
    isFollowed: true,
    ...(view.isFinal ? {} : { refreshSeconds: REFRESH_SECONDS }),
    body: followed(view, {
      statePath: `/landing/progress/${visitId}/state`,
      content: html`
        ${view.stage === 'failed' ? failedText(frame, { visitId, canRetry }) : explanation(frame, view.stage, { visitId, managedAt })}
        ${isSlow ? html`<p class="notice">${words.t('progress.slow')}</p>` : ''}
        ${isStale ? html`<p class="note" role="status">${words.t('progress.stale')}</p>` : ''}
      `,
    }),
  });
}

function explanation(
  { product, words }: Frame,
  stage: Stage,
  { visitId, managedAt }: { visitId: string; managedAt: string | undefined },
): Html {
  switch (stage) {
    case 'ready':
      return html`
        <p class="lead">${words.t('progress.readyLead', { product: product.name })}</p>
        <p class="actions">
          <a class="button" href="${product.url}">
            ${words.t('frame.openProduct', { product: product.name })}
          </a>
          ${managedAt ? html`<a href="${managedAt}">${words.t('manage.title')}</a>` : ''}
        </p>
        ${managedAt ? '' : html`<p class="note">${words.t('progress.readyNote')}</p>`}
      `;
    case 'unready':
      return html`<p class="lead">
        ${words.t('progress.unreadyLead', { product: product.name })}
      </p>`;
    case 'suspended':
      return html`
        <p class="lead">${words.t('progress.suspendedLead')}</p>
        <p class="actions">
          <a class="button" href="${purchasePath(visitId)}">${words.t('progress.whatToDo')}</a>
        </p>
      `;
    case 'ended':
      return html`
        <p class="lead">${words.t('progress.endedLead')}</p>
        <p class="actions">
          <a class="button" href="https://marketplace.microsoft.com">
            ${words.t('progress.buyAgain')}
          </a>
        </p>
      `;
    default:
      return html`<p class="lead">${words.t('progress.underwayLead')}</p>`;
  }
}

/** The way out: once more from here, or, for whoever did not confirm it, from the purchase's own page. */
function failedText(
  { signedIn, words }: Frame,
  { visitId, canRetry }: { visitId: string; canRetry: boolean },
): Html {
  const tryAgain = words.t('progress.tryAgain');
  return html`
    <p class="lead">${words.t('progress.failedLead')}</p>
    ${
      canRetry && signedIn
        ? html`<form method="post" action="/landing/retry" aria-label="${tryAgain}">
            <input type="hidden" name="formKey" value="${signedIn.formKey}" />
            <input type="hidden" name="visit" value="${visitId}" />
            <p class="actions"><button class="button" type="submit">${tryAgain}</button></p>
          </form>`
        : html`<p class="actions">
            <a class="button" href="${purchasePath(visitId)}">${tryAgain}</a>
          </p>`
    }
    <p class="note">${words.t('progress.failedNote')}</p>
  `;
}
