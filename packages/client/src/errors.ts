import { isTRPCClientError } from '@trpc/client';
import { readFailedCall, type FailedCall } from '@landfall/contracts/error-details';

export type { FailedCall };

/**
 * The codes of a failed call: tRPC's code, the HTTP status, and the stable code of a business "no"
 * (`rejection`) or of a technical failure (`fault`). A call that got no answer has the fault
 * `http.unreachable`. Undefined when `error` was not thrown by a call.
 */
export function errorDetails(error: unknown): FailedCall | undefined {
  if (!isTRPCClientError(error)) return undefined;
  const unreachable = { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, fault: 'http.unreachable' };
  return readFailedCall(error.data) ?? unreachable;
}
