import { startCustomerChange } from './changes.ts';
import { cancel, reinstate, renew, suspend } from './lifecycle.ts';
import type { Market, Refusal } from './market.ts';
import type { OperationRecord, SubscriptionRecord } from './state.ts';

/**
 * What a customer, a seller or Microsoft's billing can do with a subscription in the marketplace.
 */
export type Command =
  | { readonly type: 'change-plan'; readonly planId: string }
  | { readonly type: 'change-quantity'; readonly quantity: number }
  | { readonly type: 'suspend' | 'reinstate' | 'renew' | 'cancel' };

/** Runs a command, or returns why it is refused. */
export function runCommand(
  market: Market,
  subscription: SubscriptionRecord,
  command: Command,
): OperationRecord | Refusal {
  switch (command.type) {
    case 'change-plan':
      return startCustomerChange(market, subscription, { planId: command.planId });
    case 'change-quantity':
      return startCustomerChange(market, subscription, { quantity: command.quantity });
    case 'suspend':
      return suspend(market, subscription);
    case 'reinstate':
      return reinstate(market, subscription);
    case 'renew':
      return renew(market, subscription);
    case 'cancel':
      return cancel(market, subscription);
  }
}
