import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient, type ProcedureTransport } from '@landfall/service-kit/rpc/nats';
import { Fault } from '@landfall/domain/fault';
import { correlationId } from '@landfall/service-kit/log';

/**
 * Asks the fulfillment-worker for its version of a subscription; undefined if it has none.
 * Throws `billing.owner-silent` (later) while it does not answer.
 */
export function askOwner(
  transport: ProcedureTransport,
): (subscriptionId: string) => Promise<number | undefined> {
  const worker = procedureClient({
    owner: 'fulfillment-worker',
    transport,
    caller: { kind: 'service', name: 'billing-sync' },
    correlationId,
  });
  return async (subscriptionId) => {
    try {
      return (await worker.subscriptions.get.query({ subscriptionId })).version;
    } catch (cause) {
      if (errorDetails(cause)?.rejection === 'subscription.not-found') return undefined;
      const message = 'the fulfillment-worker did not answer about a subscription';
      throw new Fault('billing.owner-silent', message, { retry: 'later', cause });
    }
  };
}
