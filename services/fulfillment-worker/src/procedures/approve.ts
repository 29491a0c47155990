import { randomUUID } from 'node:crypto';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import { callerId } from '@landfall/contracts/caller';
import type { Call, Handlers } from '@landfall/contracts/procedures';
import { decide, type SubscriptionCommand } from '@landfall/domain/decide';
import { isTerminal } from '@landfall/domain/subscription';
import { provisionBy } from '@landfall/domain/timers';
import { inTransaction } from '@landfall/service-kit/database';
import type { Trx } from '../db/schema.ts';
import { recordEvents } from '../record-events.ts';
import { startChange } from '../start-change.ts';
import { saveApproval } from '../store/approvals.ts';
import { openChange } from '../store/changes.ts';
import { lockLane } from '../store/lanes.ts';
import { readSettings } from '../store/settings.ts';
import {
  findSubscription,
  lockSubscription,
  type SubscriptionRecord,
} from '../store/subscriptions.ts';
import { queueActivation, refused } from './activate.ts';
import type { CommandDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';
import { readView } from './subscription-record.ts';

type Subscriptions = Handlers<FulfillmentProcedures>['subscriptions'];

/**
 * The publisher's decision about a purchase that waits for it. The first decision stands, and the same one again changes
 * nothing, except that a repeated `decline` asks Microsoft again if Microsoft has not ended the purchase.
 */
export function approvalProcedures(deps: CommandDeps): Pick<Subscriptions, 'approve' | 'decline'> {
  return {
    approve: async ({ subscriptionId, reason }, call) =>
      await decideAbout(deps, { subscriptionId, reason }, { call, kind: 'approve' }),
    decline: async ({ dryRun, ...asked }, call) =>
      dryRun
        ? await describeDecline(deps, asked.subscriptionId)
        : await decideAbout(deps, asked, { call, kind: 'decline' }),
  };
}

interface Asked {
  readonly subscriptionId: string;
  readonly reason?: string | undefined;
  readonly messageToBuyer?: string | undefined;
}

async function decideAbout(
  deps: CommandDeps,
  asked: Asked,
  { call, kind }: { readonly call: Call; readonly kind: 'approve' | 'decline' },
) {
  const id = asked.subscriptionId.toLowerCase();
  const { correlationId } = call;
  const rejection = await inTransaction(deps.db, async (trx) => {
    await lockLane(trx, id);
    const before = await lockSubscription(trx, id);
    if (!before) return unknownSubscription();
    const at = deps.now();
    const command = kind === 'approve' ? await approval(trx, before, at) : { type: kind };
    const decision = decide(before.state, command, at);
    if ('rejected' in decision) return refused(decision.rejected);
    const { events } = decision;
    const after = await recordEvents(
      trx,
      { before, events, at },
      { cause: 'command', correlationId },
    );
    if (events.length > 0) {
      const { reason = null, messageToBuyer = null } = asked;
      const decidedBy = callerId(call.caller);
      const words = { subscriptionId: id, decidedBy, reason, messageToBuyer, decidedAt: at };
      await saveApproval(trx, words);
    }
    if (kind === 'decline') await endPurchase(trx, { known: before, at }, call);
    else if (events.length > 0 && after?.state.activation.state === 'requested') {
      await queueActivation(trx, after, correlationId);
    }
    return undefined;
  });
  if (rejection) return rejection;
  deps.wakeLanes();
  deps.wakeRelay();
  return (await readView(deps.db.kysely, id)) ?? unknownSubscription();
}

/** What the settings say at the moment of the approval counts, not at that of the purchase. */
async function approval(
  trx: Trx,
  { state }: SubscriptionRecord,
  at: Date,
): Promise<SubscriptionCommand> {
  const settings = await readSettings(trx, state);
  return {
    type: 'approve',
    provisionBy: settings.waitForProduct ? provisionBy(settings, at) : undefined,
  };
}

/**
 * Asks Microsoft to end a declined purchase, unless a change is under way. Whether Microsoft allows it is Microsoft's to say:
 * the decision stands either way.
 */
async function endPurchase(
  trx: Trx,
  { known, at }: { readonly known: SubscriptionRecord; readonly at: Date },
  { caller, correlationId }: Call,
): Promise<void> {
  const { id: subscriptionId, planId, quantity } = known.state;
  if (isTerminal(known.state) || (await openChange(trx, subscriptionId))) return;
  const change = {
    id: randomUUID(),
    subscriptionId,
    wanted: { kind: 'Unsubscribe' },
    origin: 'publisher',
    approvedBy: callerId(caller),
    from: { planId, quantity },
    at,
  } as const;
  await startChange(trx, change, { cause: 'command', correlationId });
}

/** Checks a decline as if it were carried out, and says what it would do. */
async function describeDecline({ db, now }: CommandDeps, subscriptionId: string) {
  const id = subscriptionId.toLowerCase();
  const known = await findSubscription(db.kysely, id);
  const view = await readView(db.kysely, id);
  if (!known || !view) return unknownSubscription();
  const decision = decide(known.state, { type: 'decline' }, now());
  if ('rejected' in decision) return refused(decision.rejected);
  return {
    ...view,
    consequences: [
      'The purchase is never activated, and nothing is billed. To subscribe, the customer has to buy again.',
      'Landfall asks Microsoft to end the purchase. If Microsoft keeps it, it lapses 30 days after the purchase.',
      'The buyer sees on the landing page that you declined the purchase, with your message if you give one.',
      'Your product gets the event subscription.declined.',
    ],
  };
}
