import { isTRPCClientError } from '@trpc/client';
import { readFailedCall } from '@landfall/contracts/error-details';
import type { RejectionCode } from './api.ts';

export type { RejectionCode } from './api.ts';

/** Why a call failed, in codes that programs can rely on. At most one of `rejection` and `fault` is set. */
export interface FailedCall {
  /** tRPC's error code: `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`, `SERVICE_UNAVAILABLE`, … */
  readonly code: string;
  /** The HTTP status that belongs to `code`; 503 for a call that got no answer. */
  readonly httpStatus: number;
  /** The business says no. The same call fails again until the cause has changed. */
  readonly rejection?: RejectionCode | undefined;
  /** A technical failure, such as `http.unreachable` or `database.unavailable`. Try again if `httpStatus` is 503. */
  readonly fault?: string | undefined;
  /** When to try again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** What is wrong with the input, field by field. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[] | undefined;
  /** Identifies the call in Landfall's logs; name it in a support case. */
  readonly correlationId?: string | undefined;
}

/**
 * Reads the codes of an error that a call of `createLandfallClient` threw. A call that got no answer
 * has the fault `http.unreachable`: a command may or may not have been carried out. Returns undefined
 * for any other error.
 */
export function errorDetails(error: unknown): FailedCall | undefined {
  if (!isTRPCClientError(error)) return undefined;
  const unreachable = { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, fault: 'http.unreachable' };
  return readFailedCall(error.data) ?? unreachable;
}
