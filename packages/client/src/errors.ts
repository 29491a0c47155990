import type { ErrorDetails } from '@landfall/contracts/procedures.ts';

export function errorDetails(
  _error: unknown,
): (ErrorDetails & { code: string; httpStatus: number }) | undefined {
  throw new Error('being written');
}
