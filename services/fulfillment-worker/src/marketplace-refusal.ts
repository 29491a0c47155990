import { isFault } from '@landfall/domain/fault';
import { isMarketplaceError } from '@landfall/marketplace/marketplace-error';

/**
 * Answers of Microsoft that refuse a request, as opposed to faults: the record is read again instead of
 * repeating the call.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'marketplace.bad-request',
  'marketplace.not-found',
  'marketplace.conflict',
  'marketplace.refused',
]);

/** The code of a refusal; undefined for any other error, which the caller rethrows. */
export function refusalCode(error: unknown): string | undefined {
  return isFault(error) && REFUSALS.has(error.code) ? error.code : undefined;
}

/** Microsoft's text about the refusal, or its code, for operators. */
export function refusalDetail(error: unknown): string | undefined {
  return isMarketplaceError(error) ? (error.explanation ?? error.microsoftCode) : undefined;
}

/** Awaits a call. Returns the code if Microsoft refused it, undefined if it succeeded. */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error: unknown) {
    const code = refusalCode(error);
    if (code === undefined) throw error;
    return code;
  }
}
