import type { ErrorDetails } from './procedures.ts';

/** What our error formatter writes into the `data` of a failed call, over HTTP and over NATS. */
export interface FailedCall extends ErrorDetails {
  /** tRPC's error code: NOT_FOUND, CONFLICT, SERVICE_UNAVAILABLE, … */
  readonly code: string;
  readonly httpStatus: number;
}

/** Reads the `data` of a failed call. Undefined when Landfall did not write it: the call got no answer. */
export function readFailedCall(data: unknown): FailedCall | undefined {
  if (!isFailedCall(data)) return undefined;
  const { code, httpStatus, rejection, fault, retryAfterMs, issues, correlationId } = data;
  return {
    code,
    httpStatus,
    ...(rejection === undefined ? {} : { rejection }),
    ...(fault === undefined ? {} : { fault }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(issues === undefined ? {} : { issues }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function isFailedCall(data: unknown): data is FailedCall {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    'httpStatus' in data &&
    typeof data.httpStatus === 'number'
  );
}
