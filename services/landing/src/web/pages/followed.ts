import { html } from 'hono/html';
import type { Html } from './frame.ts';

export type StepState = 'done' | 'current' | 'waiting';

/** The content of a page that updates itself, also sent to its script as JSON, in the visitor's language. */
export interface FollowedView {
  readonly stage: string;
  /** Changes if the page itself would look different. The script then loads the page again. */
  readonly look: string;
  readonly isFinal: boolean;
  readonly headline: string;
  readonly steps: readonly {
    readonly label: string;
    readonly state: StepState;
    /** The state as text, for screen readers. */
    readonly spoken: string;
  }[];
}

/**
 * Headline, steps and further content. The script updates them from `statePath`: screen readers announce the
 * headline, the rest is replaced, and the focus stays where it is.
 */
export function followed(
  { stage, look, isFinal, headline, steps }: FollowedView,
  { statePath, content }: { readonly statePath: string; readonly content: Html | string },
): Html {
  return html`<div
    ${isFinal ? '' : html`data-follow="${statePath}"`}
    data-stage="${stage}"
    data-look="${look}"
  >
    <h1 id="headline" aria-live="polite" tabindex="-1">${headline}</h1>
    <div data-part>${stepList(steps)} ${content}</div>
  </div>`;
}

/** The list of steps. Empty if there are none. */
export function stepList(steps: FollowedView['steps']): Html | string {
  if (steps.length === 0) return '';
  return html`<ol class="steps card">
    ${steps.map(
      ({ label, state, spoken }) =>
        html`<li data-state="${state}">
          <span class="mark" aria-hidden="true"></span>
          <span>${label}</span>
          <span class="spoken">${spoken}</span>
        </li>`,
    )}
  </ol>`;
}
