import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** Microsoft's newest stored answer to the reading of a subscription; also one that says that it is unknown. */
export async function lastReading(db: Db['kysely'], subscriptionId: string) {
  return await db
    .selectFrom('exchanges')
    .select(['at', 'status', 'answer', 'requestId'])
    .where('subscriptionId', '=', subscriptionId)
    .where('call', '=', 'get')
    .where('status', 'in', [200, 404])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export interface ProductRow {
  readonly destinationId: string;
  readonly label: string;
  readonly isEnabled: boolean;
  readonly waiting: number;
  readonly waitsSince: Date | null;
  readonly dead: number;
  readonly deliveryId: string | null;
  readonly type: string | null;
  readonly deliveredAt: Date | null;
  readonly body: string | null;
}

/** How far each destination is with the events of a subscription. Without destinations that get none of them. */
export async function productsOf(
  db: Db['kysely'],
  {
    subscriptionId,
    publisherId,
    offerId,
  }: Record<'subscriptionId' | 'publisherId' | 'offerId', string>,
): Promise<ProductRow[]> {
  const { rows } = await sql<ProductRow>`
    with of_subscription as materialized (
      select id, destination_id, event_id, event_sequence, type, state, delivered_at, created_at
      from deliveries where subscription_id = ${subscriptionId} and type like 'subscription.%')
    select d.id as destination_id, d.label, d.state = 'enabled' as is_enabled,
      counted.waiting, counted.waits_since, counted.dead,
      latest.id as delivery_id, latest.type, latest.delivered_at, product_events.body
    from destinations d
    cross join lateral (
      select count(*) filter (where state = 'waiting')::int as waiting,
        min(created_at) filter (where state = 'waiting') as waits_since,
        count(*) filter (where state = 'dead')::int as dead
      from of_subscription where destination_id = d.id) as counted
    left join lateral (
      select id, type, event_id, delivered_at from of_subscription
      where destination_id = d.id and state = 'delivered'
      order by event_sequence desc limit 1) as latest on true
    left join product_events on product_events.id = latest.event_id
    where d.channel = 'product' and (d.publisher_id is null or d.publisher_id = ${publisherId})
      and (d.offer_ids = '{}' or d.offer_ids && array[${offerId}, ${offerId} || '-preview']
        or exists (select from of_subscription where destination_id = d.id))
    order by d.created_at, d.id`.execute(db);
  return rows;
}
