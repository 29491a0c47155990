import { removeEndedFaults, takeWebhookFault } from './faults.ts';
import type { Market } from './market.ts';
import type { DeliveryRecord, OperationRecord, SubscriptionRecord } from './state.ts';
import { toNotification } from './wire.ts';

/** A notification that waits for another one is sent anyway after this time. */
const HOLD_MS = 30_000;

/**
 * Creates the notification of an operation and schedules its first attempt. Its snapshot is the
 * subscription as it is now. Active faults for notifications are applied here.
 */
export function notify(
  market: Market,
  subscription: SubscriptionRecord,
  operation: OperationRecord,
): void {
  removeEndedFaults(market.state.faults, market.clock.now());
  const fault = takeWebhookFault(market.state.faults, operation);
  const delivery: DeliveryRecord = {
    operationId: operation.id,
    subscriptionId: subscription.id,
    action: operation.action,
    state: fault?.drop ? 'dropped' : fault?.reorder ? 'held' : 'pending',
    body: toNotification(market.state, subscription, operation),
    duplicates: fault?.duplicate ?? 0,
    firstAttemptAt: null,
    attempts: [],
  };
  market.state.deliveries.set(operation.id, delivery);
  const waitMs = (fault?.delayMs ?? 0) + (delivery.state === 'held' ? HOLD_MS : 0);
  market.clock.schedule('deliver', operation.id, market.clock.now() + waitMs);
}
