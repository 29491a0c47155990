import { isTRPCClientError } from '@trpc/client';
import { readFailedCall, type FailedCall } from '@landfall/contracts/error-details';
import { isFault } from '@landfall/domain/fault';

/**
 * The codes of a failed call over NATS: tRPC's code, the HTTP status, and the stable code of a business "no"
 * (`rejection`) or a technical failure (`fault`). A call without an answer has the fault of its transport. Undefined if
 * `error` does not come from a call.
 */
export function errorDetails(error: unknown): FailedCall | undefined {
  if (!isTRPCClientError(error)) return undefined;
  return readFailedCall(error.data) ?? unanswered(error.cause);
}

function unanswered(cause: unknown): FailedCall {
  const fault = isFault(cause) ? cause.code : 'rpc.answer-unreadable';
  if (fault === 'rpc.timeout' || fault === 'rpc.deadline-passed') {
    return { code: 'GATEWAY_TIMEOUT', httpStatus: 504, fault };
  }
  if (fault === 'rpc.too-large') return { code: 'PAYLOAD_TOO_LARGE', httpStatus: 413, fault };
  return { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, fault };
}
