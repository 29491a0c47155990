import { sql } from 'kysely';
import type { ProductEvent } from '@landfall/contracts/product-events';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Trx } from '../db/schema.ts';

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
