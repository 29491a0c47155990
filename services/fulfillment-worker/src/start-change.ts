import type { WantedChange } from '@landfall/domain/change';
import type { PolicyDecision } from '@landfall/domain/policy';
import type { Trx } from './db/schema.ts';
import { enqueueFact } from './facts.ts';
import { addTask } from './store/tasks.ts';
import { insertChange, type NewChange } from './store/changes.ts';
import type { SubscriptionRecord } from './store/subscriptions.ts';
import { addToTimeline, type Context } from './store/timeline.ts';

/**
 * Stores a change and the task that requests it from Microsoft, in the caller's transaction. The caller has
 * checked that it is allowed and that no other change is open. The approver is stored with the change; the
 * timeline names no one.
 */
export async function startChange(trx: Trx, change: NewChange, context: Context): Promise<void> {
  const { id: changeId, subscriptionId, origin, compensates, decision, at } = change;
  await insertChange(trx, change);
  const kind = compensates === undefined ? 'changeRequested' : 'compensationRequested';
  const reason = decision?.reason;
  const details = { changeId, origin, reason, ...changeDetails(change) };
  await addToTimeline(trx, { subscriptionId, kind, at, details }, context);
  await addTask(trx, {
    subscriptionId,
    kind: 'submitChange',
    payload: { changeId },
    correlationId: context.correlationId,
    dedupeKey: `submitChange:${changeId}`,
  });
}

/**
 * Stores that the publisher refused a customer's request on our pages. Microsoft is not asked, and the product
 * gets the same event as for a refusal in the marketplace.
 */
export async function refuseCustomerChange(
  trx: Trx,
  refused: {
    readonly change: NewChange;
    readonly known: SubscriptionRecord;
    readonly refusal: Extract<PolicyDecision, { answer: 'refuse' }>;
  },
  context: Context,
): Promise<void> {
  const { change, known, refusal } = refused;
  const { id: changeId, subscriptionId, origin, wanted, at } = change;
  const { reason, message } = refusal;
  await insertChange(trx, change);
  const details = { changeId, origin, reason, message, ...changeDetails(change) };
  await addToTimeline(trx, { subscriptionId, kind: 'changeRefused', at, details }, context);
  const { state, version } = known;
  const { kind: action, ...target } = wanted;
  const refusedChange = { action, origin, changeId, ...target };
  const fact = {
    kind: 'changeRefused',
    state,
    version,
    at,
    reason,
    refused: refusedChange,
  } as const;
  await enqueueFact(trx, { ...fact, cause: changeId }, context);
}

/** A change in the form of timeline entries: its kind, the current value and the requested one. */
export function changeDetails({
  wanted,
  from,
}: {
  readonly wanted: WantedChange;
  readonly from: { readonly planId: string | null; readonly quantity: number | null };
}): Readonly<Record<string, unknown>> {
  const { kind: change, ...target } = wanted;
  switch (change) {
    case 'ChangePlan':
      return { change, ...target, from: from.planId ?? undefined };
    case 'ChangeQuantity':
      return { change, ...target, from: from.quantity ?? undefined };
    default:
      return { change };
  }
}
