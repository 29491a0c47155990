import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import { decide, type CommandRejection, type SubscriptionCommand } from '@landfall/domain/decide';
import { inTransaction } from '@landfall/service-kit/database';
import { lockLane } from '../store/lanes.ts';
import { recordEvents } from '../record-events.ts';
import { lockSubscription } from '../store/subscriptions.ts';
import { queueActivation } from './activate.ts';
import type { CommandDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';
import { readView } from './subscription-record.ts';

type Subscriptions = Handlers<FulfillmentProcedures>['subscriptions'];

/**
 * The product's answer about the customer's space, recorded once; a repeat returns the state as it is. A
 * confirmation continues the waiting activation in the same transaction.
 */
export function provisioningProcedures(
  deps: CommandDeps,
): Pick<Subscriptions, 'confirmProvisioned' | 'failProvisioning'> {
  return {
    confirmProvisioned: ({ subscriptionId }, call) =>
      answer(deps, subscriptionId, { type: 'confirmProvisioned' }, call),
    failProvisioning: ({ subscriptionId, reason }, call) =>
      answer(deps, subscriptionId, { type: 'failProvisioning', failure: reason }, call),
  };
}

async function answer(
  deps: CommandDeps,
  subscriptionId: string,
  command: SubscriptionCommand,
  { correlationId }: Pick<Call, 'correlationId'>,
) {
  const id = subscriptionId.toLowerCase();
  const rejection = await inTransaction(deps.db, async (trx) => {
    await lockLane(trx, id);
    const before = await lockSubscription(trx, id);
    if (!before) return unknownSubscription();
    const at = deps.now();
    const decision = decide(before.state, command, at);
    if ('rejected' in decision) return refused(decision.rejected);
    const { events } = decision;
    const context = { cause: 'command', correlationId } as const;
    const after = await recordEvents(trx, { before, events, at }, context);
    const goesOn = before.state.activation.state === 'provisioning';
    if (goesOn && after?.state.activation.state === 'requested') {
      await queueActivation(trx, after, correlationId);
    }
    return undefined;
  });
  if (rejection) return rejection;
  deps.wakeLanes();
  deps.wakeRelay();
  return (await readView(deps.db.kysely, id)) ?? unknownSubscription();
}

function refused(code: CommandRejection): Rejection {
  return code === 'subscription.ended'
    ? new Rejection(code, 'This subscription has ended for good.')
    : new Rejection(
        'provisioning.not-requested',
        'This space is not requested now. The next activation requests it again.',
      );
}
