import type { z } from 'zod';
import type { decisionPolicy } from '@landfall/contracts/policy';
import type { OperationView } from '@landfall/emulator/views';

/** More seats are refused. The checks use this number independently of the code that decides. */
const MOST_SEATS = 35;

/** The publisher's rules during a run. */
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

/** The same rules, applied to a customer's operation without the code that decides. */
export function isForbidden(
  operation: Pick<OperationView, 'action' | 'planId' | 'quantity'> & {
    readonly offerId: string | undefined;
  },
): boolean {
  const { action, offerId, planId, quantity } = operation;
  if (action === 'ChangePlan') return offerId === 'analytics' && planId === 'starter';
  return action === 'ChangeQuantity' && (quantity ?? 0) > MOST_SEATS;
}
