import { NatsError } from 'nats';
import { Fault, isFault } from '@landfall/domain/fault';

/** Codes of the NATS client and of the JetStream API that decide what happens to a message. */
const NO_RESPONDERS = '503';
const TIMEOUT = 'TIMEOUT';
const TOO_LARGE = 'MAX_PAYLOAD_EXCEEDED';
const NOT_PERMITTED = 'PERMISSIONS_VIOLATION';

export function natsCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return String(error.code);
}

/** No one listens on the subject: no owner runs, or no stream takes it. The message was not delivered. */
export function hasNoResponder(error: unknown): boolean {
  // JetStream uses the same number for what it refuses, such as a message for a full stream.
  return natsCode(error) === NO_RESPONDERS && !refusalOf(error);
}

/** The JetStream API does not know the stream or the consumer. */
export function isUnknown(error: unknown): boolean {
  return natsCode(error) === '404';
}

/** An operator corrects permissions by hand, and a refused attempt costs nothing. */
const NOT_PERMITTED_PAUSE_MS = 5000;

/** How to correct permissions, for messages and the doctor. */
export const RELOAD_USERS = 'reload nats-server with the nats-users.conf of this version';

function refusalOf(error: unknown) {
  return error instanceof NatsError ? error.api_error : undefined;
}

/**
 * JetStream's own error codes for what only an operator can change, with the fault and what to do:
 * https://github.com/nats-io/nats-server/blob/main/server/errors.json
 */
const limits: Readonly<Record<number, { readonly code: string; readonly advice: string }>> = {
  10074: {
    code: 'bus.misconfigured',
    advice: 'NATS_REPLICAS needs a cluster; set it to 1, or connect to one',
  },
  10077: { code: 'bus.full', advice: 'raise NATS_MAX_BYTES' },
  10023: { code: 'bus.full', advice: 'raise max_file of nats-server, or lower NATS_MAX_BYTES' },
  10047: { code: 'bus.full', advice: 'raise max_file of nats-server, or lower NATS_MAX_BYTES' },
};

function limitReached(error: unknown): Fault | undefined {
  const { err_code = 0, description = '' } = refusalOf(error) ?? {};
  const limit = limits[err_code];
  if (!limit) return undefined;
  const message = `JetStream refuses it (${description}): ${limit.advice}`;
  return new Fault(limit.code, message, { retry: 'later', cause: error });
}

function notPermitted(code: string, error: unknown): Fault {
  const { permissionContext } = error instanceof NatsError ? error : {};
  const { operation = 'use', subject = 'a subject' } = permissionContext ?? {};
  const message = `NATS does not allow this service to ${operation} ${subject}; ${RELOAD_USERS}`;
  const retryAfterMs = NOT_PERMITTED_PAUSE_MS;
  return new Fault(code, message, { retry: 'later', retryAfterMs, cause: error });
}

/**
 * The fault for a failed publish. Only `bus.too-large` is final. After `bus.not-permitted`, `bus.full` and
 * `bus.misconfigured`, a person has to change something; waiting messages are not lost.
 */
export function publishFault(error: unknown): Fault {
  if (isFault(error)) return error;
  const code = natsCode(error);
  if (code === NOT_PERMITTED) return notPermitted('bus.not-permitted', error);
  const limit = limitReached(error);
  if (limit) return limit;
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
  if (code === NOT_PERMITTED) return notPermitted('rpc.not-permitted', error);
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
