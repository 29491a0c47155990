import type { RejectionCode } from '@landfall/contracts/rejections';
import { Fault, isFault } from '@landfall/domain/fault';
import { errorDetails } from '@landfall/service-kit/rpc/errors';

export type Asked<T> = { readonly value: T } | { readonly refused: RejectionCode };

/** The answer of another service: a value, or a rejection. Throws a `Fault` if the service does not answer. */
export async function asked<T>(call: Promise<T>): Promise<Asked<T>> {
  try {
    return { value: await call };
  } catch (error) {
    const details = errorDetails(error);
    if (details?.rejection) return { refused: details.rejection };
    throw faultOf(error, details?.fault);
  }
}

/** Always retried later: whatever the cause, the buyer's purchase is safe and the page tries again. */
function faultOf(error: unknown, code: string | undefined): Fault {
  if (isFault(error)) return error;
  if (error instanceof Error && isFault(error.cause)) return error.cause;
  return new Fault(code ?? 'fulfillment.failed', 'A service behind the page did not answer', {
    retry: 'later',
    cause: error,
  });
}
