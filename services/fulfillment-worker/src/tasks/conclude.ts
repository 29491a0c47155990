import { knownAction } from '@landfall/domain/operation';
import type { PolicyDecision } from '@landfall/domain/policy';
import { isTerminal } from '@landfall/domain/subscription';
import { effectEvents, effectOf } from '@landfall/domain/told';
import type { MarketplaceOperation } from '@landfall/marketplace/operation';
import { originFrom } from '../decisions/operation-origin.ts';
import type { Conclude, Concluding } from '../observe-subscription.ts';
import type { Expectation } from '../store/expectations.ts';
import type { KnownOperation } from '../store/known-operations.ts';
import { targetOf, toDecision } from '../store/operations.ts';
import type { Outcome } from '../store/save-record.ts';
import type { TaskRun } from './task-run.ts';

interface Ended {
  readonly operation: MarketplaceOperation;
  readonly known: KnownOperation;
  readonly expected: Expectation;
  /** A decision that was made only now. */
  readonly late: PolicyDecision | undefined;
}

/**
 * The usual end of a notification: Microsoft has carried out the operation, no one refused it, and the first reading shows
 * its effect as news. Then the reading, the outcome and the end of the task are one write. In all other cases, they are
 * written one by one. Undefined if the notification certainly cannot end this way.
 */
export function concludes(run: TaskRun, ended: Ended): Conclude | undefined {
  const { operation, known, expected, late } = ended;
  const { last } = run.write;
  const isRefused = late !== undefined || toDecision(known.row)?.answer === 'refuse';
  // A task that has run before may have left a search for the effect.
  if (!last || isRefused || operation.status !== 'Succeeded' || run.task.polls > 0)
    return undefined;
  return async (reading) => {
    if (!shows(reading, expected, known)) return false;
    const outcome: Outcome = {
      operationId: operation.id,
      action: operation.action,
      outcome: 'succeeded',
      origin: originFrom(known, operation),
      ...targetOf(operation.action, operation),
      effectiveAt: expected.notifiedAt,
    };
    const { writes, before } = reading;
    return await last({ writes, before, outcome });
  };
}

/** Whether the reading shows the effect as news, and cannot be older than it. */
function shows(
  { state, events, writes }: Concluding,
  expected: Expectation,
  { hasCloseNeighbour }: KnownOperation,
): boolean {
  const action = knownAction(expected.action);
  if (!action || (hasCloseNeighbour && !isTerminal(state))) return false;
  const effect = effectOf(expected, state);
  if (effect !== 'unclear') return effect === 'shown';
  return events.some(({ type }) => type === effectEvents[action]) && expected.since <= writes.at;
}
