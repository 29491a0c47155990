import { productEvent } from '@landfall/contracts/product-events';
import type { ProductEvent } from './api.ts';
import { ProductEventError, verifySigned, type ReceivedEvent } from './signature.ts';

export type { ProductEvent } from './api.ts';
export { ProductEventError, type ProductEventErrorCode, type ReceivedEvent } from './signature.ts';

/**
 * Verifies an event that Landfall posted to your product, and returns it. The signature must fit one
 * of the secrets, and it must be at most five minutes old. Throws {@link ProductEventError} otherwise.
 *
 * The same event may come again: remember its `id`. Events may overtake each other: ignore one if its
 * `subscription.version` is not above the version that you know.
 *
 * @see https://www.standardwebhooks.com Standard Webhooks 1.0, symmetric signatures
 */
export function verifyProductEvent(received: ReceivedEvent): ProductEvent {
  const { id, content } = verifySigned(received);
  const parsed = productEvent.safeParse(content);
  if (parsed.success && parsed.data.id === id) return parsed.data;
  throw new ProductEventError(
    'event-unknown',
    'the event is genuine, but this version of the client does not know its kind',
  );
}
