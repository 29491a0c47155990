import type { z } from 'zod';
import type { decisionPolicy } from '@landfall/contracts/policy';
import type { OperationView } from '@landfall/emulator/views';

/** Seats above this are refused; the checker knows it by itself. */
const MOST_SEATS = 35;

/** The rules that are in force during a run. */
export const policy: z.input<typeof decisionPolicy> = {
  rules: [
    {
      id: 'no-way-down',
      offerId: 'analytics',
      when: { action: 'ChangePlan', toPlanIds: ['starter'] },
      decision: 'refuse',
    },
    {
      id: 'not-so-many',
      when: { action: 'ChangeQuantity', above: MOST_SEATS },
      decision: 'refuse',
    },
  ],
};

/** The same rules, read off an operation of a customer's without the code that decides. */
export function isForbidden(
  operation: Pick<OperationView, 'action' | 'planId' | 'quantity'> & {
    readonly offerId: string | undefined;
  },
): boolean {
  const { action, offerId, planId, quantity } = operation;
  if (action === 'ChangePlan') return offerId === 'analytics' && planId === 'starter';
  return action === 'ChangeQuantity' && (quantity ?? 0) > MOST_SEATS;
}
