import { errorDetails } from '@landfall/client/errors.ts';
import { procedureClient, type ProcedureTransport } from '@landfall/client/nats.ts';
import { Fault } from '@landfall/domain/fault.ts';
import { correlationId } from '@landfall/service-kit/log.ts';

/**
 * Asks the fulfillment-worker which version of a subscription it has; undefined where it has none.
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
      const message = 'the owner of a subscription does not answer';
      throw new Fault('billing.owner-silent', message, { retry: 'later', cause });
    }
  };
}
