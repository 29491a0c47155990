import { Fault } from '@landfall/domain/fault';

/** Codes of the NATS client and of the JetStream API, as far as fates depend on them. */
const NO_RESPONDERS = '503';
const TIMEOUT = 'TIMEOUT';
const TOO_LARGE = 'MAX_PAYLOAD_EXCEEDED';

export function natsCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return String(error.code);
}

/** Nobody listens on the subject: no owner runs, or no stream takes it. The message went nowhere. */
export function isNobodyThere(error: unknown): boolean {
  return natsCode(error) === NO_RESPONDERS;
}

/** The JetStream API does not know the stream or the consumer. */
export function isUnknown(error: unknown): boolean {
  return natsCode(error) === '404';
}

/** What a failed publish means: `bus.too-large` never succeeds, all else may later. */
export function publishFault(error: unknown): Fault {
  const code = natsCode(error);
  if (code === TOO_LARGE) {
    return new Fault('bus.too-large', 'the message is above the limit of the NATS server', {
      retry: 'never',
      cause: error,
    });
  }
  return new Fault('bus.unavailable', 'NATS has not confirmed the message', {
    retry: 'later',
    cause: error,
  });
}

/** What a failed request means to the caller; see `ProcedureTransport`. */
export function requestFault(error: unknown, isConnected: boolean): Fault {
  const code = natsCode(error);
  if (code === TOO_LARGE) {
    const message = 'the request is above the limit of the NATS server';
    return new Fault('rpc.too-large', message, { retry: 'never', cause: error });
  }
  if (code === NO_RESPONDERS) {
    return new Fault('rpc.no-responder', 'no instance of the owner is running', {
      retry: 'later',
      cause: error,
    });
  }
  if (code === TIMEOUT && isConnected) {
    return new Fault('rpc.timeout', 'no answer in time; the work may or may not be done', {
      retry: 'later',
      cause: error,
    });
  }
  return new Fault('rpc.disconnected', 'the connection to NATS is lost', {
    retry: 'later',
    cause: error,
  });
}
