import { html } from 'hono/html';
import { isFinal, stages, type Stage } from '../progress.ts';
import { framed, type Frame, type Html } from './frame.ts';

/** Without script; with it the page asks more often. */
const REFRESH_SECONDS = 5;

const STEPS: Readonly<Record<(typeof stages)[number], string>> = {
  recorded: 'You confirmed the purchase',
  requested: 'Activation requested from Microsoft',
  received: 'Received by Microsoft',
  ready: 'Confirmed by Microsoft, ready to use',
};

const HEADLINES: Readonly<Record<Stage, string>> = {
  recorded: 'Thank you. We are getting started',
  requested: 'Asking Microsoft',
  received: 'Waiting for Microsoft’s confirmation',
  ready: 'Ready to use',
  failed: 'Microsoft did not activate it',
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

/** A step is done when its stage is reached; the one after it is what happens now. */
export function progressView(stage: Stage): ProgressView {
  const reached = (stages as readonly Stage[]).indexOf(stage);
  return {
    stage,
    isFinal: isFinal(stage),
    headline: HEADLINES[stage],
    steps: stages.map((step, index) => ({
      label: STEPS[step],
      state: index <= reached ? 'done' : index === reached + 1 ? 'current' : 'waiting',
    })),
  };
}

/** Follows a confirmed purchase; may be closed and opened again at any time. */
export function progressPage(
  frame: Frame,
  { visitId, view, isStale }: { visitId: string; view: ProgressView; isStale: boolean },
): Html {
  const hasSteps = view.stage === 'ready' || !view.isFinal;
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
          hasSteps
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
        ${explanation(frame, view.stage)}
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
    case 'failed':
      return html`
        <p class="lead">
          Nothing was billed. Open the subscription again in the Azure portal or the Microsoft 365
          admin center, choose <b>Configure account</b> and confirm once more. If that fails too,
          contact support with the code below.
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
