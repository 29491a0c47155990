import { html } from 'hono/html';
import { followed, type FollowedView, type StepState } from '../../web/pages/followed.ts';
import { framed, type Frame, type Html } from '../../web/pages/frame.ts';
import { purchasePath } from '../../web/paths.ts';
import type { Words } from '../../words/words.ts';
import { isFinal, reachedStep, type Stage, type Step } from '../progress.ts';
import { purchaseSummary, type Summarised } from './purchase-summary.ts';

/** For browsers without script. The script updates the page more often. */
const REFRESH_SECONDS = 5;
/** An approval takes hours or days. */
const APPROVAL_REFRESH_SECONDS = 60;

/** The progress of a purchase as the page shows it. */
export type ProgressView = FollowedView & { readonly stage: Stage };

/** Other circumstances, besides the stage, that change the page's text. */
export interface Circumstances {
  readonly steps: readonly Step[];
  /** The worker cannot be reached at the moment. */
  readonly isStale: boolean;
  /** It takes longer than usual. */
  readonly isSlow: boolean;
  /** While the publisher decides: days until Microsoft cancels the purchase. */
  readonly daysLeft?: number | undefined;
  /** The publisher's words about a declined purchase. */
  readonly messageToBuyer?: string | undefined;
}

/** Steps up to the reached one are done. The next one is in progress. */
export function progressView(
  words: Words,
  stage: Stage,
  { steps, isStale, isSlow, daysLeft }: Circumstances,
): ProgressView {
  const last = reachedStep(stage, steps);
  const reached = last ? steps.indexOf(last) : -1;
  const shown = last ? steps : [];
  return {
    stage,
    look: [stage, steps.length, isStale && 'stale', isSlow && 'slow', daysLeft]
      .filter(Boolean)
      .join(' '),
    isFinal: isFinal(stage),
    headline: words.t(`progress.${stage}`),
    steps: shown.map((step, index) => {
      const state = index <= reached ? 'done' : index === reached + 1 ? 'current' : 'waiting';
      const label = words.t(labelOf(step, state));
      return { label, state, spoken: words.t(`progress.${state}`) };
    }),
  };
}

/** The text in the right tense. The first step is always done; the last one is done when it is reached. */
function labelOf(step: Step, state: StepState) {
  if (step === 'recorded' || step === 'ready') return `progress.step.${step}` as const;
  return `progress.step.${step}.${state}` as const;
}

/** Shows the progress of a confirmed purchase. The page can be closed and opened again at any time. */
export function progressPage(
  frame: Frame,
  shown: {
    readonly visitId: string;
    readonly view: ProgressView;
    readonly circumstances: Circumstances;
    readonly canRetry: boolean;
    /** The manage page, if this visitor may open it. */
    readonly managedAt: string | undefined;
    /** The active plan and its price. */
    readonly receipt: Summarised | undefined;
  },
): Html {
  const { visitId, view, circumstances, canRetry, receipt } = shown;
  const { words } = frame;
  return framed(frame, {
    title: view.headline,
    isFollowed: true,
    ...(view.isFinal ? {} : { refreshSeconds: refreshAfter(view.stage) }),
    body: followed(view, {
      statePath: `/landing/progress/${visitId}/state`,
      content: html`
        ${
          view.stage === 'failed'
            ? failedText(frame, { visitId, canRetry })
            : explanation(frame, view.stage, { ...shown, ...circumstances })
        }
        ${receipt ? receiptCard(frame, receipt) : ''}
        ${
          circumstances.isStale
            ? html`<p class="note" role="status">${words.t('progress.stale')}</p>`
            : ''
        }
      `,
    }),
  });
}

function refreshAfter(stage: Stage): number {
  return stage === 'awaitingApproval' ? APPROVAL_REFRESH_SECONDS : REFRESH_SECONDS;
}

function receiptCard(frame: Frame, receipt: Summarised): Html {
  return html`<section
    class="card order"
    aria-labelledby="receipt"
    data-order
    ${receipt.pricing?.kind === 'unknown' ? html`data-unfinished` : ''}
  >
    <h2 id="receipt">${frame.words.t('purchase.title')}</h2>
    ${purchaseSummary(frame, receipt)}
  </section>`;
}

function explanation(
  frame: Frame,
  stage: Stage,
  {
    visitId,
    managedAt,
    isSlow,
    daysLeft,
    messageToBuyer,
  }: Circumstances & { visitId: string; managedAt: string | undefined },
): Html {
  const { product, words } = frame;
  switch (stage) {
    case 'awaitingApproval':
      return approvalText(frame, daysLeft);
    case 'declined':
      return declinedText(frame, messageToBuyer);
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
      return html`<p class="lead">${underway(words, stage, { isSlow, product: product.name })}</p>`;
  }
}

/** Who decides, what follows from either answer, and how long it can take. */
function approvalText({ product, words }: Frame, daysLeft: number | undefined): Html {
  return html`
    <p class="lead">${words.t('progress.approvalLead', { product: product.name })}</p>
    <section class="card" aria-labelledby="next">
      <h2 id="next">${words.t('progress.approvalNext')}</h2>
      <ul class="outlook">
        <li>${words.t('progress.approvalYes')}</li>
        <li>${words.t('progress.approvalNo')}</li>
        ${daysLeft ? html`<li>${words.t('progress.approvalDays', { days: daysLeft })}</li>` : ''}
      </ul>
    </section>
    <p class="note">${words.t('progress.approvalLeave')}</p>
  `;
}

/** The publisher's own words are shown as they were written, in whichever language. */
function declinedText({ product, words }: Frame, message: string | undefined): Html {
  return html`
    <p class="lead">${words.t('progress.declinedLead', { product: product.name })}</p>
    ${
      message
        ? html`<section class="card" aria-labelledby="message">
            <h2 id="message">${words.t('progress.declinedMessage')}</h2>
            <p class="written" dir="auto">${message}</p>
          </section>`
        : ''
    }
    <p>${words.t('progress.declinedNext')}</p>
  `;
}

/** Names the usual duration only before it has passed, and only while Microsoft is working. */
function underway(
  words: Words,
  stage: Stage,
  { isSlow, product }: { isSlow: boolean; product: string },
): string {
  if (isSlow) return words.t('progress.slow');
  const isProductAtWork = stage === 'provisioning' || stage === 'settingUp';
  return isProductAtWork
    ? words.t('progress.spaceLead', { product })
    : words.t('progress.underwayLead');
}

/** How to try again: from here, or from the purchase's own page if another person confirmed it. */
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
