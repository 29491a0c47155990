import { traceParent } from '@landfall/service-kit/tracing';
import type { NameLookup } from '../name-lookup.ts';
import { postEvent } from '../post-event.ts';
import { signedHeaders } from '../sign.ts';
import type { DeliveryChannel } from './channel.ts';

/** Standard Webhooks recommends 15 to 30 s; receivers should store first and work later. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

/**
 * Posts events to the publisher's product, signed as Standard Webhooks 1.0. If the trace is recorded, the product can continue it. Its
 * header is not part of the signature.
 */
export function httpsChannel(options: {
  /** For signatures, which the receiver checks against its own clock. */
  readonly machineNow: () => Date;
  readonly isLocal: boolean;
  readonly lookup: NameLookup;
  readonly timeoutMs?: number | undefined;
}): DeliveryChannel {
  const { machineNow, isLocal, lookup, timeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  return {
    timeoutMs,
    async send({ url, eventId, body, secrets }, signal) {
      const span = traceParent();
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Landfall-Events/1',
        ...signedHeaders({ id: eventId, body }, secrets, machineNow()),
        ...(span !== undefined && { traceparent: span }),
      };
      return await postEvent({ url, headers, body, signal, isLocal, lookup });
    },
  };
}
