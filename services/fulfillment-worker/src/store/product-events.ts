import { sql } from 'kysely';
import { optInEventTypes, type ProductEvent } from '@landfall/contracts/product-events';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Trx } from '../db/schema.ts';

/**
 * Stores an event and a delivery for every destination whose filters match, disabled ones too, in the
 * caller's transaction: the event is sent if, and only if, that commits. The same holds for listeners, and for
 * notices to people where the destination names the type. Mails to customers are stored only while they are switched on. A
 * repeat changes nothing. A destination of one publisher never gets an event of another.
 */
export async function recordProductEvent(trx: Trx, event: ProductEvent, at: Date): Promise<void> {
  const { id, type, subscription, usage } = event;
  const { publisherId, offerId } = subscription ?? usage ?? {};
  const subscriptionId = subscription?.id ?? usage?.subscriptionId;
  // A purchase of the preview listing counts for its offer; a filter that names the listing matches only the
  // listing.
  const offerIds = offerId === undefined ? [] : [offerId, baseOfferId(offerId)];
  const planId = subscription?.planId ?? usage?.planId;
  const { occurredAt } = event;
  const content = { type, occurredAt, publisherId, offerId, planId, subscriptionId };
  const isForAll = !optInEventTypes.includes(type);
  const matches = sql`(publisher_id is null or publisher_id = ${publisherId ?? null})
    and ((types = '{}' and ${isForAll}) or ${type} = any(types))
    and (offer_ids = '{}' or offer_ids && ${offerIds}::text[])`;
  await sql`
    with wanted as (
      select id, publisher_id, channel from destinations
      where ${matches} and (channel = 'product'
        or (channel = 'customer-mail' and ${type} = any(types) and disabled_because is distinct from 'operator'))),
    noticed as (
      insert into notices (destination_id, subject_id, what, kind, severity, subscription_id, content, state,
        not_before, due_at, created_at)
      select id, ${id}, 'event', ${type}, 'info', ${subscriptionId ?? null}, ${JSON.stringify(content)}::jsonb,
        'waiting', ${at}, ${at}, ${at}
      from destinations
      where channel in ('mail', 'teams', 'slack') and ${type} = any(types) and ${matches}
      on conflict (destination_id, subject_id) do nothing),
    listening as (select id from listeners where ends_at > now() and ${matches}),
    event as (
      insert into product_events (id, body, created_at)
      select ${id}, ${JSON.stringify(event)}, ${at}
      where exists (select from wanted) or exists (select from listening)
      on conflict (id) do nothing
      returning id, sequence),
    heard as (
      insert into listener_events (listener_id, event_sequence, event_id, subscription_id)
      select listening.id, event.sequence, event.id, ${subscriptionId ?? null}
      from event cross join listening)
    insert into deliveries (id, destination_id, publisher_id, channel, event_id, event_sequence, type,
      subscription_id, state, next_attempt_at, created_at)
    select gen_random_uuid(), wanted.id, wanted.publisher_id, wanted.channel, event.id, event.sequence, ${type},
      ${subscriptionId ?? null}, 'waiting', ${at}, ${at}
    from event cross join wanted
  `.execute(trx);
}
