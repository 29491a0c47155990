import { takeWebhookFault } from './faults.ts';
import type { Market } from './market.ts';
import type { DeliveryRecord, OperationRecord, SubscriptionRecord } from './state.ts';
import { toNotification } from './wire.ts';

/** A notification that was held back for another one goes out by itself after this long. */
const HOLD_MS = 30_000;

/**
 * Writes the notification of an operation and schedules its first attempt. The snapshot in it is
 * the subscription as it is now. Faults that are switched on for notifications strike here.
 */
export function notify(
  market: Market,
  subscription: SubscriptionRecord,
  operation: OperationRecord,
): void {
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
