import { processPartnerOperation } from './changes.ts';
import { completeActivation, endGrace, endTerm, voidPending } from './lifecycle.ts';
import type { Market } from './market.ts';
import { settleOperation } from './operations.ts';
import type { SubscriptionRecord } from './state.ts';
import type { Timer } from './timer-queue.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** Runs a timer of the marketplace that is due. */
export async function runTimer(
  market: Market,
  sender: Pick<WebhookSender, 'deliver'>,
  timer: Timer,
): Promise<void> {
  switch (timer.kind) {
    case 'deliver':
      return sender.deliver(timer.id);
    case 'autoAccept': {
      const operation = market.state.operations.get(timer.id);
      if (operation) settleOperation(market, operation, { outcome: 'Succeeded', by: 'silence' });
      return undefined;
    }
    case 'processPartner': {
      const operation = market.state.operations.get(timer.id);
      if (operation) processPartnerOperation(market, operation);
      return undefined;
    }
    case 'completeActivation':
      return withSubscription(market, timer.id, completeActivation);
    case 'voidPending':
      return withSubscription(market, timer.id, voidPending);
    case 'endGrace':
      return withSubscription(market, timer.id, endGrace);
    case 'endTerm':
      return withSubscription(market, timer.id, endTerm);
  }
}

function withSubscription(
  market: Market,
  id: string,
  act: (market: Market, subscription: SubscriptionRecord) => void,
): void {
  const subscription = market.state.subscriptions.get(id);
  if (subscription) act(market, subscription);
}
