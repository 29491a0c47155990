import { z } from 'zod';
import type { Subscription } from '@landfall/domain/subscription';
import type { ChangeRow } from '../store/changes.ts';

/** The payload of a change's tasks. */
export const changePayload = z.object({ changeId: z.string() });

/** Whether Microsoft's record shows the values that our change requested. */
export function isInForce(change: ChangeRow, state: Subscription): boolean {
  switch (change.kind) {
    case 'ChangePlan':
      return state.planId === change.planId;
    case 'ChangeQuantity':
      return state.quantity === change.quantity;
    default:
      return state.status === 'Unsubscribed';
  }
}
