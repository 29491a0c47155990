import { MarketplaceError } from './marketplace-error.ts';

const GUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Whether an id is a GUID, as all of Microsoft's ids are. */
export function isGuid(id: string | undefined): id is string {
  return id !== undefined && GUID.test(id);
}

/**
 * An id as a path segment. Ids come from notifications and browsers, so an id such as `..` must not choose
 * another endpoint. Anything but a GUID throws `marketplace.invalid-id` without a call.
 */
export function guidSegment(id: string, operation: string): string {
  if (!isGuid(id))
    throw new MarketplaceError('marketplace.invalid-id', { operation, correlationId: '' });
  return id.toLowerCase();
}

/** Whether the text is a GUID in lower case. Checked before an id from a request goes into a query or an address. */
export function isLowerCaseGuid(text: string): boolean {
  return isGuid(text) && text === text.toLowerCase();
}
