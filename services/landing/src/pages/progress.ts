import { html } from 'hono/html';
import { isFinal, reachedStep, type Stage, type Step } from '../progress.ts';
import { framed, type Frame, type Html } from './frame.ts';

/** Without script; with it the page asks more often. */
const REFRESH_SECONDS = 5;

const STEPS: Readonly<Record<Step, string>> = {
  recorded: 'You confirmed the purchase',
  space: 'Your space is set up',
  requested: 'Activation requested from Microsoft',
  received: 'Received by Microsoft',
  confirmed: 'Confirmed by Microsoft',
  ready: 'Confirmed by Microsoft, ready to use',
};

const HEADLINES: Readonly<Record<Stage, string>> = {
  recorded: 'Thank you. We are getting started',
  provisioning: 'Your space is being made',
  requested: 'Asking Microsoft',
  received: 'Waiting for Microsoft’s confirmation',
  settingUp: 'Microsoft has confirmed, your space is being made',
  ready: 'Ready to use',
  unready: 'Your space could not be made yet',
  failed: 'The activation did not succeed',
  suspended: 'Payment is missing',
  ended: 'This subscription has ended',
};

export type StepState = 'done' | 'current' | 'waiting';

/** What both the page and its script show. */
export interface ProgressView {
  readonly stage: Stage;
  readonly isFinal: boolean;
  readonly headline: string;
  readonly steps: readonly { readonly label: string; readonly state: StepState }[];
}

/** Steps up to the one that is reached are done; the one after it is what happens now. */
export function progressView(stage: Stage, steps: readonly Step[]): ProgressView {
  const last = reachedStep(stage);
  const reached = last ? steps.indexOf(last) : -1;
  const shown = last ? steps : [];
  return {
    stage,
    isFinal: isFinal(stage),
    headline: HEADLINES[stage],
    steps: shown.map((step, index) => ({
      label: labelOf(step, steps),
      state: index <= reached ? 'done' : index === reached + 1 ? 'current' : 'waiting',
    })),
  };
}

/** Where Microsoft's yes is a step of its own, the last one is about the rest. */
function labelOf(step: Step, steps: readonly Step[]): string {
  return step === 'ready' && steps.includes('confirmed') ? 'Ready to use' : STEPS[step];
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
                  ({ label, state }) =>
                    html`<li data-state="${state}">
                      <span class="mark" aria-hidden="true"></span>
                      <span>${label}</span>
                      <span class="spoken">${SPOKEN[state]}</span>
                    </li>`,
                )}
              </ol>`
            : ''
        }
        ${view.stage === 'failed' ? failedText(frame, canRetry ? visitId : undefined) : explanation(frame, view.stage)}
        ${
          isStale
            ? html`<p class="note" role="status">
                The latest news cannot be fetched just now; this page goes on trying.
              </p>`
            : ''
        }
      </div>
    `,
  });
}

const SPOKEN: Readonly<Record<StepState, string>> = {
  done: '(done)',
  current: '(now)',
  waiting: '(to come)',
};

function explanation({ product }: Frame, stage: Stage): Html {
  switch (stage) {
    case 'ready':
      return html`
        <p class="lead">Your subscription of ${product.name} is active.</p>
        <p class="actions"><a class="button" href="${product.url}">Open ${product.name}</a></p>
        <p class="note">
          Plan, seats and cancellation are managed where you bought it; from there you also come
          back to this page.
        </p>
      `;
    case 'unready':
      return html`
        <p class="lead">
          Microsoft has confirmed your subscription, but your space in ${product.name} could not be
          made yet. We have been told. This page shows it as soon as it is ready; if you cannot
          wait, contact support with the code below.
        </p>
      `;
    case 'suspended':
      return html`
        <p class="lead">
          Microsoft could not collect the payment and has suspended the subscription. Your data is
          safe.
        </p>
        <p class="actions"><a class="button" href="/landing">What to do</a></p>
      `;
    case 'ended':
      return html`
        <p class="lead">It was cancelled or not activated. Nothing more is billed for it.</p>
        <p class="actions">
          <a class="button" href="https://marketplace.microsoft.com">Buy again</a>
        </p>
      `;
    default:
      return html`
        <p class="lead">
          This usually takes less than two minutes. You may close this page and come back: the work
          goes on without it.
        </p>
      `;
  }
}

/** The way out: once more from here, or, for whoever did not confirm it, from the purchase's own page. */
function failedText({ signedIn }: Frame, retriedVisit: string | undefined): Html {
  return html`
    <p class="lead">Nothing was billed. You can try again at once, as often as you like.</p>
    ${
      retriedVisit && signedIn
        ? html`<form method="post" action="/landing/retry" aria-label="Try again">
            <input type="hidden" name="formKey" value="${signedIn.formKey}" />
            <input type="hidden" name="visit" value="${retriedVisit}" />
            <p class="actions"><button class="button" type="submit">Try again</button></p>
          </form>`
        : html`<p class="actions"><a class="button" href="/landing">Try again</a></p>`
    }
    <p class="note">
      If it fails again, contact support with the code below: they see the reason. A purchase that
      is not activated within 30 days is cancelled by Microsoft and never billed.
    </p>
  `;
}
