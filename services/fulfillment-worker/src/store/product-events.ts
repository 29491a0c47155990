import { sql } from 'kysely';
import { optInEventTypes, type ProductEvent } from '@landfall/contracts/product-events';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Trx } from '../db/schema.ts';

/**
 * Stores an event and a delivery for every destination whose filters match, disabled ones too, in the
 * caller's transaction: the event is sent if, and only if, that commits. A repeat changes nothing. A
 * destination of one publisher never gets an event of another.
 */
export async function recordProductEvent(trx: Trx, event: ProductEvent, at: Date): Promise<void> {
  const { id, type, subscription, usage } = event;
  const { publisherId, offerId } = subscription ?? usage ?? {};
  const subscriptionId = subscription?.id ?? usage?.subscriptionId;
  // A purchase of the preview listing counts for its offer; a filter that names the listing matches only the
  // listing.
  const offerIds = offerId === undefined ? [] : [offerId, baseOfferId(offerId)];
  const isForAll = !optInEventTypes.includes(type);
  await sql`
    with wanted as (
      select id, publisher_id from destinations
      where (publisher_id is null or publisher_id = ${publisherId ?? null})
        and ((types = '{}' and ${isForAll}) or ${type} = any(types))
        and (offer_ids = '{}' or offer_ids && ${offerIds}::text[])),
    event as (
      insert into product_events (id, body, created_at)
      select ${id}, ${JSON.stringify(event)}, ${at} where exists (select from wanted)
      on conflict (id) do nothing
      returning id, sequence)
    insert into deliveries (id, destination_id, publisher_id, event_id, event_sequence, type,
      subscription_id, state, next_attempt_at, created_at)
    select gen_random_uuid(), wanted.id, wanted.publisher_id, event.id, event.sequence, ${type},
      ${subscriptionId ?? null}, 'waiting', ${at}, ${at}
    from event cross join wanted
  `.execute(trx);
}
