import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decide, type CommandRejection } from '@landfall/domain/decide';
import { needsApproval, provisionBy, voidedAt } from '@landfall/domain/timers';
import { inTransaction } from '@landfall/service-kit/database';
import type { Trx } from '../db/schema.ts';
import { lockLane } from '../store/lanes.ts';
import { addTask } from '../store/tasks.ts';
import { recordEvents, type Recorded } from '../record-events.ts';
import { readSettings } from '../store/settings.ts';
import { lockSubscription, saveAnswers } from '../store/subscriptions.ts';
import type { CommandDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';
import { readView } from './subscription-record.ts';

type Activate = Handlers<FulfillmentProcedures>['subscriptions']['activate'];

/**
 * Stores the intent to activate together with its next step: the call to Microsoft or, if the publisher wants
 * it, first the approval or the request to the product. Answers with the state after that. A repeat changes nothing; an
 * active subscription is returned as it is; a failed activation starts again.
 */
export function activateProcedure(deps: CommandDeps): Activate {
  return async ({ subscriptionId, claimedBy, answers }, { correlationId }) => {
    const id = subscriptionId.toLowerCase();
    const rejection = await inTransaction(deps.db, async (trx) => {
      await lockLane(trx, id);
      const before = await lockSubscription(trx, id);
      if (!before) return unknownSubscription();
      const at = deps.now();
      const settings = await readSettings(trx, before.state);
      const waitsUntil = settings.waitForProduct ? provisionBy(settings, at) : undefined;
      const approveBy = needsApproval(settings, before.state.planId)
        ? voidedAt(before.createdAt)
        : undefined;
      const command = {
        type: 'activate',
        claimedBy,
        approveBy,
        provisionBy: waitsUntil,
      } as const;
      const decision = decide(before.state, command, at);
      if ('rejected' in decision) return refused(decision.rejected);
      const { events } = decision;
      const context = { cause: 'command', correlationId } as const;
      // Before the events, because the product gets the answers with them.
      if (answers && events.length > 0) await saveAnswers(trx, id, answers);
      const after = await recordEvents(trx, { before, events, at }, context);
      const isNew = events.some((event) => event.type === 'activationRequested');
      if (isNew && after?.state.activation.state === 'requested') {
        await queueActivation(trx, after, correlationId);
      }
      return undefined;
    });
    if (rejection) return rejection;
    deps.wakeLanes();
    deps.wakeRelay();
    return (await readView(deps.db.kysely, id)) ?? unknownSubscription();
  };
}

/** Adds the task that calls Microsoft. The caller holds the lane's lock. */
export async function queueActivation(
  trx: Trx,
  { state, version }: Recorded,
  correlationId: string,
): Promise<void> {
  await addTask(trx, {
    subscriptionId: state.id,
    kind: 'activate',
    payload: {},
    correlationId,
    dedupeKey: `activate:${state.id}:${version}`,
  });
}

const REFUSALS: Readonly<Record<CommandRejection, string>> = {
  'subscription.ended': 'This subscription has ended for good. Buy the offer again to continue.',
  'subscription.not-pending':
    'This subscription is suspended. Settle the payment with Microsoft first.',
  'subscription.other-tenant':
    'Microsoft names another organisation as the beneficiary. Someone in that organisation must confirm.',
  'approval.not-requested': 'This purchase does not wait for an approval.',
  'approval.approved':
    'This purchase is already approved. To end it, cancel the subscription instead.',
  'approval.declined':
    'The publisher has declined this purchase. Contact the publisher, or buy the offer again.',
  'provisioning.not-requested':
    'The product was not asked to create a space for this subscription.',
};

export function refused(code: CommandRejection): Rejection {
  return new Rejection(code, REFUSALS[code]);
}
