import { MarketplaceError } from './marketplace-error.ts';

const GUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Whether Microsoft could have issued this id. */
export function isGuid(id: string | undefined): id is string {
  return id !== undefined && GUID.test(id);
}

/**
 * An id as a segment of a path. Ids come from notifications and browsers, so `..` and its like must not
 * choose another endpoint: anything but a GUID is a `marketplace.invalid-id` error without a call.
 */
export function guidSegment(id: string, operation: string): string {
  if (!isGuid(id))
    throw new MarketplaceError('marketplace.invalid-id', { operation, correlationId: '' });
  return id.toLowerCase();
}
