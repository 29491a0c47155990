import type { Change } from '../clients/subscriptions.ts';
import type { FollowedView, StepState } from '../web/pages/followed.ts';
import type { Words } from '../words/words.ts';

const STEPS = ['recorded', 'sent', 'done'] as const;

/** A cancellation has its own final headlines. */
const ENDS: Partial<Record<Change['state'], 'cancelled' | 'notCancelled'>> = {
  succeeded: 'cancelled',
  failed: 'notCancelled',
};

/** The progress of a change: recorded by us, accepted by Microsoft, confirmed by Microsoft. */
export function changeView(words: Words, change: Pick<Change, 'state' | 'kind'>): FollowedView {
  const { state, kind } = change;
  const isCancellation = kind === 'Unsubscribe';
  const reached = state === 'requested' ? 0 : state === 'sent' ? 1 : STEPS.length - 1;
  return {
    stage: state,
    look: state,
    isFinal: state === 'succeeded' || state === 'failed',
    headline: words.t(`changes.stage.${isCancellation ? (ENDS[state] ?? state) : state}`),
    steps: (state === 'failed' ? [] : STEPS).map((step, index) => {
      const stepState = stateAt(index, reached);
      return {
        label: words.t(`changes.step.${step}`),
        state: stepState,
        spoken: words.t(`progress.${stepState}`),
      };
    }),
  };
}

function stateAt(index: number, reached: number): StepState {
  if (index <= reached) return 'done';
  return index === reached + 1 ? 'current' : 'waiting';
}
