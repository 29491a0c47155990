import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures.ts';
import type { Call, Handlers } from '@landfall/contracts/procedures.ts';
import { Rejection } from '@landfall/contracts/rejections.ts';
import { refuseChange, type ChangeRejection, type WantedChange } from '@landfall/domain/change.ts';
import { inTransaction } from '@landfall/service-kit/database.ts';
import { lockLane } from '../lanes/lane-store.ts';
import { startChange } from '../start-change.ts';
import { findChange, openChange, wantedOf, type ChangeRow } from '../store/changes.ts';
import { lockSubscription } from '../store/subscriptions.ts';
import type { CommandDeps } from './deps.ts';
import { unknownSubscription } from './read.ts';

type Subscriptions = Handlers<FulfillmentProcedures>['subscriptions'];

/** The changes that the publisher's side may ask for: stored with their task, then answered. */
export function changeProcedures(
  deps: CommandDeps,
): Pick<Subscriptions, 'changePlan' | 'changeQuantity' | 'cancel'> {
  return {
    changePlan: ({ planId, ...request }, call) =>
      requestChange(deps, { ...request, wanted: { kind: 'ChangePlan', planId } }, call),
    changeQuantity: ({ quantity, ...request }, call) =>
      requestChange(deps, { ...request, wanted: { kind: 'ChangeQuantity', quantity } }, call),
    cancel: (request, call) =>
      requestChange(deps, { ...request, wanted: { kind: 'Unsubscribe' } }, call),
  };
}

async function requestChange(
  deps: CommandDeps,
  request: {
    readonly subscriptionId: string;
    readonly approvedBy: string;
    readonly changeId?: string | undefined;
    readonly wanted: WantedChange;
  },
  { correlationId }: Call,
) {
  const subscriptionId = request.subscriptionId.toLowerCase();
  const approvedBy = request.approvedBy.trim();
  const { wanted } = request;
  if (approvedBy === '') return rejectionOf('change.approval-missing');
  const changeId = request.changeId?.toLowerCase() ?? randomUUID();
  const answer = await inTransaction(deps.db, async (trx) => {
    await lockLane(trx, subscriptionId);
    const known = await lockSubscription(trx, subscriptionId);
    if (!known) return unknownSubscription();
    const earlier = request.changeId && (await findChange(trx, changeId));
    if (earlier) return repeated(earlier, { subscriptionId, wanted });
    const hasPending = (await openChange(trx, subscriptionId)) !== undefined;
    const refusal = refuseChange(known.state, wanted, hasPending);
    if (refusal) return rejectionOf(refusal);
    const at = deps.now();
    const change = { id: changeId, subscriptionId, wanted, approvedBy, at };
    await startChange(trx, change, { cause: 'command', correlationId });
    return { changeId, state: 'requested' as const };
  });
  if (!(answer instanceof Rejection)) deps.wakeLanes();
  return answer;
}

/** The request was sent before: how its change stands. An id that means another change is refused. */
function repeated(
  earlier: ChangeRow,
  request: { readonly subscriptionId: string; readonly wanted: WantedChange },
) {
  const isSame =
    earlier.subscription_id === request.subscriptionId &&
    isDeepStrictEqual(wantedOf(earlier), request.wanted);
  return isSame ? { changeId: earlier.id, state: earlier.state } : rejectionOf('change.id-reused');
}

type Refusal = ChangeRejection | 'change.approval-missing' | 'change.id-reused';

const messages: Readonly<Record<Refusal, string>> = {
  'subscription.ended': 'This subscription has ended for good.',
  'subscription.not-subscribed': 'Only an active subscription can be changed.',
  'subscription.read-only':
    'Microsoft does not allow this change from here. Ask whoever sold the subscription.',
  'subscription.change-pending': 'Another change is under way. Wait for its outcome.',
  'change.same-plan': 'This plan is in force already.',
  'change.same-quantity': 'This number of seats is in force already.',
  'change.not-per-seat': 'The plan is not sold per seat.',
  'change.quantity-invalid': 'Seats are a whole number from 1 to 1,000,000.',
  'change.approval-missing': 'Say which of your users approved the change.',
  'change.id-reused': 'This id belongs to another change. Make a new one for each change.',
};

function rejectionOf(code: Refusal): Rejection {
  return new Rejection(code, messages[code]);
}
