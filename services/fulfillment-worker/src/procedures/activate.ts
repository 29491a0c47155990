import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures.ts';
import type { Handlers } from '@landfall/contracts/procedures.ts';
import { Rejection } from '@landfall/contracts/rejections.ts';
import { decide } from '@landfall/domain/decide.ts';
import { inTransaction } from '@landfall/service-kit/database.ts';
import { addTask, lockLane } from '../lanes/lane-store.ts';
import { recordEvents } from '../record-events.ts';
import { openChange } from '../store/changes.ts';
import { findSubscription, lockSubscription, saveAnswers } from '../store/subscriptions.ts';
import type { ProcedureDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';
import { viewOf } from './subscription-view.ts';

type Activate = Handlers<FulfillmentProcedures>['subscriptions']['activate'];

/**
 * Stores the wish to activate and its task in one transaction and answers with the state after it.
 * Asking twice is asking once; what is active already is answered as it is.
 */
export function activateProcedure(deps: ProcedureDeps): Activate {
  return async ({ subscriptionId, claimedBy, answers }, { correlationId }) => {
    const id = subscriptionId.toLowerCase();
    const rejection = await inTransaction(deps.db, async (trx) => {
      await lockLane(trx, id);
      const before = await lockSubscription(trx, id);
      if (!before) return unknownSubscription();
      const at = deps.now();
      const decision = decide(before.state, { type: 'activate', claimedBy }, at);
      if ('rejected' in decision) return refused(decision.rejected);
      const { events } = decision;
      await recordEvents(trx, { before, events, at }, { cause: 'command', correlationId });
      if (answers && events.length > 0) await saveAnswers(trx, id, answers);
      if (events.some((event) => event.type === 'activationRequested')) {
        await addTask(trx, {
          subscriptionId: id,
          kind: 'activate',
          payload: {},
          correlationId,
          dedupeKey: `activate:${id}:${before.version}`,
        });
      }
      return undefined;
    });
    if (rejection) return rejection;
    deps.wakeLanes();
    const record = await findSubscription(deps.db.kysely, id);
    return record ? viewOf(record, await openChange(deps.db.kysely, id)) : unknownSubscription();
  };
}

function refused(code: 'subscription.ended' | 'subscription.not-pending'): Rejection {
  return code === 'subscription.ended'
    ? new Rejection(code, 'This subscription has ended for good. Buy the offer again to go on.')
    : new Rejection(code, 'This subscription is suspended. Fix the payment at Microsoft first.');
}
