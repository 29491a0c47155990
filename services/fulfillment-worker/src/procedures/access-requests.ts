import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { inTransaction } from '@landfall/service-kit/database';
import { enqueueFact } from '../facts.ts';
import { lockLane } from '../store/lanes.ts';
import { lockSubscription } from '../store/subscriptions.ts';
import { addToTimeline, hasEntryAt } from '../store/timeline.ts';
import type { CommandDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';

/**
 * Notifies the product that someone requested access to the manage page, so that a request reaches a person
 * even if the customer has no owner left. The landing service repeats the call until it is answered; one
 * request makes one entry and one fact. Only the product's event names the person.
 */
export function accessRequestProcedures(
  deps: CommandDeps,
): Handlers<FulfillmentProcedures>['accessRequests'] {
  return {
    async record({ tenantId, objectId, askedAt, ...request }, { correlationId }) {
      const subscriptionId = request.subscriptionId.toLowerCase();
      const at = new Date(askedAt);
      const kind = 'accessRequested' as const;
      const outcome = await inTransaction(deps.db, async (trx) => {
        await lockLane(trx, subscriptionId);
        const known = await lockSubscription(trx, subscriptionId);
        if (!known) return unknownSubscription();
        if (await hasEntryAt(trx, { subscriptionId, kind, at })) return { isNew: false };
        const context = { cause: 'landing', correlationId } as const;
        await addToTimeline(trx, { subscriptionId, kind, at }, context);
        const { state, version } = known;
        const person = { tenantId, objectId };
        const cause = at.toISOString();
        await enqueueFact(trx, { kind, state, version, at, person, cause }, context);
        return { isNew: true };
      });
      if (!(outcome instanceof Rejection) && outcome.isNew) deps.wakeRelay();
      return outcome;
    },
  };
}
