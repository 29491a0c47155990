import { sql } from 'kysely';
import {
  PRODUCT_EVENT_VERSION,
  productEvent,
  type ProductEvent,
} from '@landfall/contracts/product-events';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { baseOfferId, type Person } from '@landfall/domain/subscription';
import type { Trx } from '../db/schema.ts';

/**
 * A fact as the ISV's product is told of it, under the fact's own id. People are their Entra ids alone.
 */
export function productEventOf(
  fact: SubscriptionFact,
  told: {
    readonly beneficiary: Person;
    readonly answers?: Readonly<Record<string, string>> | undefined;
    readonly person?: ProductEvent['person'];
  },
): ProductEvent {
  const { beneficiary, answers, person } = told;
  const { eventId: id, kind, occurredAt, operationId, subscription } = fact;
  const { previous, reason, dueAt, refused } = fact;
  return productEvent.parse({
    id,
    type: `subscription.${kind}`,
    version: PRODUCT_EVENT_VERSION,
    occurredAt,
    subscription: { ...subscription, beneficiary },
    operationId,
    previous,
    reason,
    dueAt,
    refused,
    person,
    answers,
  } satisfies ProductEvent);
}

/**
 * Puts an event on its way to every destination whose filters fit, disabled ones too, in the caller's
 * transaction: it is sent when, and only when, that commits. The same event again changes nothing. A
 * destination of one publisher never gets an event of another.
 */
export async function recordProductEvent(trx: Trx, event: ProductEvent, at: Date): Promise<void> {
  const { id, type, subscription } = event;
  const publisherId = subscription?.publisherId ?? null;
  // A purchase of the preview listing is one of the offer; whoever names the listing wants it alone.
  const offerIds = subscription ? [subscription.offerId, baseOfferId(subscription.offerId)] : [];
  await sql`
    with wanted as (
      select id, publisher_id from destinations
      where (publisher_id is null or publisher_id = ${publisherId})
        and (types = '{}' or ${type} = any(types))
        and (offer_ids = '{}' or offer_ids && ${offerIds}::text[])),
    told as (
      insert into product_events (id, body, created_at)
      select ${id}, ${JSON.stringify(event)}, ${at} where exists (select from wanted)
      on conflict (id) do nothing
      returning id, sequence)
    insert into deliveries (id, destination_id, publisher_id, event_id, event_sequence, type,
      subscription_id, state, next_attempt_at, created_at)
    select gen_random_uuid(), wanted.id, wanted.publisher_id, told.id, told.sequence, ${type},
      ${subscription?.id ?? null}, 'waiting', ${at}, ${at}
    from told cross join wanted
  `.execute(trx);
}
