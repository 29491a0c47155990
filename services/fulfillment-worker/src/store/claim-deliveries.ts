import { sql } from 'kysely';
import type { Channel } from '@landfall/contracts/channels';
import type { Db } from '../db/schema.ts';

/** A delivery that this process sends, until another process raises the fence. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly destinationId: string;
  /** The destination's publisher; null: a destination for all publishers. */
  readonly publisherId: string | null;
  readonly channel: Channel;
  /** Null for mail. */
  readonly url: string | null;
  /** Mail: the address. */
  readonly recipient: string | null;
  readonly isOrdered: boolean;
  /** The last attempt at the destination failed. */
  readonly isFailing: boolean;
  /** The secrets in force, newest first. */
  readonly secrets: readonly string[];
  readonly eventId: string;
  readonly eventSequence: string;
  readonly subscriptionId: string | null;
  readonly body: string;
  /** The span that the event comes from; null if no trace of it is recorded. */
  readonly traceParent: string | null;
  readonly isManual: boolean;
  readonly fence: string;
}

/**
 * Claims due deliveries: up to `perDestination` of each destination that is not busy, so that a slow
 * destination delays no other, and as many again of those requested by hand. A disabled or paused destination
 * gets only deliveries requested by hand. An ordered destination gets only the oldest waiting event of each
 * subscription. A delivery with an expired lease is claimed again: its holder crashed, and what it may have
 * sent is sent again under the same id. The limit is a constant, and rows are found by an array of ids,
 * because otherwise the planner would read whole tables.
 */
export async function claimDeliveries(
  db: Db['kysely'],
  claim: {
    readonly now: Date;
    readonly leaseMs: number;
    readonly perDestination: number;
    /** Destinations for which this process has no free places. */
    readonly busy: readonly string[];
    /** What has no free places: see {@link placesOf}. */
    readonly busyPlaces: readonly string[];
  },
): Promise<ClaimedDelivery[]> {
  const { now, leaseMs, perDestination, busy, busyPlaces } = claim;
  const isFree = sql`(lease_until is null or lease_until < now())`;
  const { rows } = await sql<ClaimedDelivery>`
    with place as (select * from destinations where id <> all(${busy}::uuid[])
      and channel || ' ' || coalesce(publisher_id, '') <> all(${busyPlaces}::text[])),
    by_hand as (
      select found.id from place cross join lateral (
        select id from deliveries
        where destination_id = place.id and manual_at <= ${now} and ${isFree}
        order by manual_at limit ${perDestination} for update skip locked) as found),
    scheduled as (
      select found.id from place cross join lateral (
        select id from deliveries
        where destination_id = place.id and next_attempt_at <= ${now} and manual_at is null and ${isFree}
          and not (place.is_ordered and exists (
            select from deliveries as earlier
            where earlier.destination_id = place.id and earlier.state = 'waiting'
              and earlier.subscription_id = deliveries.subscription_id
              and earlier.event_sequence < deliveries.event_sequence))
        order by next_attempt_at, event_sequence limit ${perDestination}
        for update skip locked) as found
      where place.state = 'enabled' and (place.paused_until is null or place.paused_until <= ${now})),
    claimed as (
      update deliveries set fence = fence + 1, lease_until = now() + ${leaseMs} * interval '1 ms'
      where id = any(array(select id from by_hand union all select id from scheduled))
      returning *)
    select claimed.id, place.id as "destinationId", place.publisher_id as "publisherId",
      place.channel, place.url, claimed.recipient, place.is_ordered as "isOrdered",
      place.failing_since is not null as "isFailing",
      claimed.event_id as "eventId", claimed.event_sequence as "eventSequence",
      claimed.subscription_id as "subscriptionId",
      (select body from product_events where id = claimed.event_id) as body,
      (select trace_parent from product_events where id = claimed.event_id) as "traceParent",
      claimed.manual_at is not null as "isManual", claimed.fence::text as fence,
      array(select secret from destination_secrets
        where destination_id = place.id and (expires_at is null or expires_at > ${now})
        order by id desc) as secrets
    from claimed
    join place on place.id = claimed.destination_id
    order by claimed.event_sequence
  `.execute(db);
  return rows;
}

/**
 * The places that a delivery needs: those of its publisher for its channel. So a mail server that hangs takes no place from the
 * product, and one publisher none from another.
 */
export function placesOf({
  channel,
  publisherId,
}: Pick<ClaimedDelivery, 'channel' | 'publisherId'>): string {
  return `${channel} ${publisherId ?? ''}`;
}
