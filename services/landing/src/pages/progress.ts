import { html } from 'hono/html';
import { isFinal, reachedStep, type Stage, type Step } from '../progress.ts';
import type { Words } from '../words/words.ts';
import { framed, type Frame, type Html } from './frame.ts';

/** Without script; with it the page asks more often. */
const REFRESH_SECONDS = 5;

export type StepState = 'done' | 'current' | 'waiting';

/** What both the page and its script show, in the visitor's language. */
export interface ProgressView {
  readonly stage: Stage;
  readonly isFinal: boolean;
  readonly headline: string;
  readonly steps: readonly {
    readonly label: string;
    readonly state: StepState;
    /** The state for those who do not see the mark. */
    readonly spoken: string;
  }[];
}

/** Steps up to the one that is reached are done; the one after it is what happens now. */
export function progressView(words: Words, stage: Stage, steps: readonly Step[]): ProgressView {
  const last = reachedStep(stage);
  const reached = last ? steps.indexOf(last) : -1;
  const shown = last ? steps : [];
  return {
    stage,
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
  {
    visitId,
    view,
    isStale,
    canRetry,
  }: { visitId: string; view: ProgressView; isStale: boolean; canRetry: boolean },
): Html {
  return framed(frame, {
    title: view.headline,
    isFollowed: true,
    ...(view.isFinal ? {} : { refreshSeconds: REFRESH_SECONDS }),
    body: html`
      <div
        ${view.isFinal ? '' : html`data-follow="/landing/progress/${visitId}/state"`}
        data-stage="${view.stage}"
      >
        <h1 id="headline" aria-live="polite">${view.headline}</h1>
        ${
          view.steps.length > 0
            ? html`<ol class="steps card">
                ${view.steps.map(
                  ({ label, state, spoken }) =>
                    html`<li data-state="${state}">
                      <span class="mark" aria-hidden="true"></span>
                      <span>${label}</span>
                      <span class="spoken">${spoken}</span>
                    </li>`,
                )}
              </ol>`
            : ''
        }
        ${view.stage === 'failed' ? failedText(frame, canRetry ? visitId : undefined) : explanation(frame, view.stage)}
        ${isStale ? html`<p class="note" role="status">${frame.words.t('progress.stale')}</p>` : ''}
      </div>
    `,
  });
}

function explanation({ product, words }: Frame, stage: Stage): Html {
  switch (stage) {
    case 'ready':
      return html`
        <p class="lead">${words.t('progress.readyLead', { product: product.name })}</p>
        <p class="actions">
          <a class="button" href="${product.url}">
            ${words.t('frame.openProduct', { product: product.name })}
          </a>
        </p>
        <p class="note">${words.t('progress.readyNote')}</p>
      `;
    case 'unready':
      return html`<p class="lead">
        ${words.t('progress.unreadyLead', { product: product.name })}
      </p>`;
    case 'suspended':
      return html`
        <p class="lead">${words.t('progress.suspendedLead')}</p>
        <p class="actions">
          <a class="button" href="/landing">${words.t('progress.whatToDo')}</a>
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
function failedText({ signedIn, words }: Frame, retriedVisit: string | undefined): Html {
  const tryAgain = words.t('progress.tryAgain');
  return html`
    <p class="lead">${words.t('progress.failedLead')}</p>
    ${
      retriedVisit && signedIn
        ? html`<form method="post" action="/landing/retry" aria-label="${tryAgain}">
            <input type="hidden" name="formKey" value="${signedIn.formKey}" />
            <input type="hidden" name="visit" value="${retriedVisit}" />
            <p class="actions"><button class="button" type="submit">${tryAgain}</button></p>
          </form>`
        : html`<p class="actions"><a class="button" href="/landing">${tryAgain}</a></p>`
    }
    <p class="note">${words.t('progress.failedNote')}</p>
  `;
}
