import { Fault } from '@landfall/domain/fault';

/** Codes of the NATS client and of the JetStream API that decide what happens to a message. */
const NO_RESPONDERS = '503';
const TIMEOUT = 'TIMEOUT';
const TOO_LARGE = 'MAX_PAYLOAD_EXCEEDED';

export function natsCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return String(error.code);
}

/** No one listens on the subject: no owner runs, or no stream takes it. The message was not delivered. */
export function hasNoResponder(error: unknown): boolean {
  return natsCode(error) === NO_RESPONDERS;
}

/** The JetStream API does not know the stream or the consumer. */
export function isUnknown(error: unknown): boolean {
  return natsCode(error) === '404';
}

/** The fault for a failed publish. Only `bus.too-large` is final. */
export function publishFault(error: unknown): Fault {
  const code = natsCode(error);
  if (code === TOO_LARGE) {
    return new Fault('bus.too-large', 'the message exceeds the limit of the NATS server', {
      retry: 'never',
      cause: error,
    });
  }
  return new Fault('bus.unavailable', 'NATS has not confirmed the message', {
    retry: 'later',
    cause: error,
  });
}

/** The fault for a failed request; see `ProcedureTransport`. */
export function requestFault(error: unknown, isConnected: boolean): Fault {
  const code = natsCode(error);
  if (code === TOO_LARGE) {
    const message = 'the request exceeds the limit of the NATS server';
    return new Fault('rpc.too-large', message, { retry: 'never', cause: error });
  }
  if (code === NO_RESPONDERS) {
    return new Fault('rpc.no-responder', 'no instance of the owner is running', {
      retry: 'later',
      cause: error,
    });
  }
  if (code === TIMEOUT && isConnected) {
    return new Fault(
      'rpc.timeout',
      'no answer arrived in time; the call may have been carried out',
      {
        retry: 'later',
        cause: error,
      },
    );
  }
  return new Fault('rpc.disconnected', 'the connection to NATS was lost', {
    retry: 'later',
    cause: error,
  });
}
