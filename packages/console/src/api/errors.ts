import { TRPCClientError } from '@trpc/client';
import { readFailedCall, type FailedCall } from '@landfall/contracts/error-details';
import { t } from '../words/words.ts';

/** A failed call, in words for a person. */
export interface Problem {
  /** What went wrong. */
  readonly message: string;
  readonly nextStep: string | undefined;
  /** Finds the call in the logs and in the audit log. */
  readonly correlationId: string | undefined;
  /** Stable code of a rejection, such as `subscription.ended`. */
  readonly rejection: string | undefined;
  /** What is wrong with the input, by field. */
  readonly issues: NonNullable<FailedCall['issues']>;
  readonly status: number | undefined;
  readonly canRetry: boolean;
}

export function problemOf(error: unknown): Problem {
  const failed = failedCallOf(error);
  const base = {
    correlationId: failed?.correlationId,
    rejection: failed?.rejection,
    issues: failed?.issues ?? [],
    status: failed?.httpStatus,
  };
  const message = error instanceof Error ? error.message : String(error);
  if (!failed) {
    const isNetwork = error instanceof TRPCClientError || error instanceof TypeError;
    return {
      ...base,
      message: isNetwork ? t('parts.error.unreachable') : message,
      nextStep: undefined,
      canRetry: true,
    };
  }
  const { httpStatus } = failed;
  if (httpStatus >= 502) {
    return { ...base, message: t('parts.error.busy'), nextStep: undefined, canRetry: true };
  }
  if (httpStatus === 500) {
    return { ...base, message: t('parts.error.internal'), nextStep: undefined, canRetry: true };
  }
  const nextStep = httpStatus === 404 ? t('parts.error.gone') : undefined;
  return { ...base, message, nextStep, canRetry: httpStatus === 429 };
}

/** Undefined if the call got no answer from Landfall. */
export function failedCallOf(error: unknown): FailedCall | undefined {
  return error instanceof TRPCClientError ? readFailedCall(error.data) : undefined;
}

/** Whether the session has ended: the person must sign in again. */
export function isSignedOut(error: unknown): boolean {
  return failedCallOf(error)?.httpStatus === 401;
}
