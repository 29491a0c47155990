import { isTRPCClientError } from '@trpc/client';
import { readFailedCall } from '@landfall/contracts/error-details';
import type { RejectionCode } from './api.ts';
import { ForeignAnswer } from './foreign-answer.ts';

export type { RejectionCode } from './api.ts';

/** One thing that is wrong with an input. */
export interface InputIssue {
  /** Where it is, such as `rules[0].when.below`. Empty for the input as a whole. */
  readonly path: string;
  /** A sentence for people. */
  readonly message: string;
}

/** Why a call failed, in codes that programs can rely on. At most one of `rejection` and `fault` is set. */
export interface FailedCall {
  /** tRPC's error code: `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`, `SERVICE_UNAVAILABLE`, … */
  readonly code: string;
  /** The HTTP status that belongs to `code`; 503 for a call that got no answer. */
  readonly httpStatus: number;
  /** True: the same call may succeed later. The client has already tried it again within its time limit. */
  readonly isRetryable: boolean;
  /** The business says no. The same call fails again until the cause has changed. */
  readonly rejection?: RejectionCode | undefined;
  /** A technical failure, such as `http.unreachable` or `database.unavailable`. */
  readonly fault?: string | undefined;
  /** When to try again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** What is wrong with the input, field by field. The error's message says it in one sentence. */
  readonly issues?: readonly InputIssue[] | undefined;
  /** Identifies the call in Landfall's logs; name it in a support case. */
  readonly correlationId?: string | undefined;
}

/** Too many calls, and the statuses of a proxy or a service that is away for a moment. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 503, 504]);
/** An earlier attempt of the same command is still carried out. Its answer is there a moment later. */
const IN_PROGRESS = 'idempotency.in-progress';
/** A proxy says so about a gateway that restarts. From Landfall itself, 502 is a fault that repeating does not cure. */
const BAD_GATEWAY = 502;

/**
 * Reads the codes of an error that a call of `createLandfallClient` threw. A call that got no answer
 * has the fault `http.unreachable`: a command may or may not have been carried out. An answer that does not
 * come from Landfall, for example from a proxy, has the fault `http.foreign-answer`. Returns undefined
 * for any other error.
 */
export function errorDetails(error: unknown): FailedCall | undefined {
  if (!isTRPCClientError(error)) return undefined;
  const known = readFailedCall(error.data);
  if (known) {
    const isRetryable = RETRYABLE.has(known.httpStatus) || String(known.rejection) === IN_PROGRESS;
    return { ...known, isRetryable };
  }
  const { cause } = error;
  if (!(cause instanceof ForeignAnswer)) {
    const code = 'SERVICE_UNAVAILABLE';
    return { code, httpStatus: 503, isRetryable: true, fault: 'http.unreachable' };
  }
  const { status, retryAfterMs } = cause;
  const isRetryable = RETRYABLE.has(status) || status === BAD_GATEWAY;
  return {
    code: isRetryable ? 'SERVICE_UNAVAILABLE' : 'BAD_GATEWAY',
    httpStatus: status,
    isRetryable,
    fault: 'http.foreign-answer',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
