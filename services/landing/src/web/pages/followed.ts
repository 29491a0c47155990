import { html } from 'hono/html';
import type { Html } from './frame.ts';

export type StepState = 'done' | 'current' | 'waiting';

/** What a page that is followed shows, and what its script is told as JSON, in the visitor's language. */
export interface FollowedView {
  readonly stage: string;
  /** Differs when the page would look otherwise: its script then fetches the page. */
  readonly look: string;
  readonly isFinal: boolean;
  readonly headline: string;
  readonly steps: readonly {
    readonly label: string;
    readonly state: StepState;
    /** The state for those who do not see the mark. */
    readonly spoken: string;
  }[];
}

/**
 * Headline, steps and what else there is to say. The script keeps it up to date by `statePath`: it
 * reads out the headline, exchanges the rest, and leaves the focus where it is.
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

/** The steps alone; nothing where there are none. */
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
