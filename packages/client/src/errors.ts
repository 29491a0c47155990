import { isTRPCClientError } from '@trpc/client';
import type { ErrorDetails } from '@landfall/contracts/procedures.ts';
import { isFault, type Fault } from '@landfall/domain/fault.ts';

export interface ClientErrorDetails extends ErrorDetails {
  /** tRPC's word: NOT_FOUND, CONFLICT, SERVICE_UNAVAILABLE, … */
  readonly code: string;
  readonly httpStatus: number;
}

/**
 * What a program needs of a failed call: the code, the HTTP status, and the stable code of a business
 * "no" (`rejection`) or of trouble (`fault`). A call that got no answer at all is a fault too. An
 * HTTP call without an answer is `http.unreachable`. Undefined for anything that is not the error of
 * a call.
 */
export function errorDetails(error: unknown): ClientErrorDetails | undefined {
  if (!isTRPCClientError(error)) return undefined;
  const data: unknown = error.data;
  if (isAnswered(data)) {
    const { code, httpStatus, rejection, fault, retryAfterMs, correlationId } = data;
    return {
      code,
      httpStatus,
      ...(rejection === undefined ? {} : { rejection }),
      ...(fault === undefined ? {} : { fault }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(correlationId === undefined ? {} : { correlationId }),
    };
  }
  const cause: unknown = error.cause;
  if (isFault(cause)) return { ...unanswered(cause), fault: cause.code };
  return { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, fault: 'http.unreachable' };
}

function isAnswered(data: unknown): data is ClientErrorDetails {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    'httpStatus' in data &&
    typeof data.httpStatus === 'number'
  );
}

function unanswered(fault: Fault): { code: string; httpStatus: number } {
  if (fault.code === 'rpc.timeout' || fault.code === 'rpc.deadline-passed') {
    return { code: 'GATEWAY_TIMEOUT', httpStatus: 504 };
  }
  if (fault.code === 'rpc.too-large') return { code: 'PAYLOAD_TOO_LARGE', httpStatus: 413 };
  return { code: 'SERVICE_UNAVAILABLE', httpStatus: 503 };
}
