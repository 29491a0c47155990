import { sql } from 'kysely';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { baseOfferId } from '@landfall/domain/subscription';
import type { MeteredSubscription } from '@landfall/domain/usage';
import type { Db, Trx } from '../db/schema.ts';

/** Ids are GUIDs, which Microsoft writes in either case. */
export function subscriptionKey(id: string): string {
  return id.trim().toLowerCase();
}

/** Remembers a version; the same one again, and any order of versions, change nothing. */
export async function insertVersion(trx: Trx, fact: SubscriptionFact): Promise<void> {
  const { subscription } = fact;
  await trx
    .insertInto('subscription_versions')
    .values({
      subscription_id: subscriptionKey(subscription.id),
      version: subscription.version,
      occurred_at: new Date(fact.occurredAt),
      plan_id: subscription.planId,
      status: subscription.status,
      term_start: dateOrNull(subscription.term.startDate),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Takes over the state of a fact; false where a newer or the same version is known. The ends of a
 * subscription and of a term are kept where a later fact no longer carries them.
 */
export async function saveSubscription(trx: Trx, fact: SubscriptionFact): Promise<boolean> {
  const { subscription } = fact;
  const { term } = subscription;
  const at = new Date(fact.occurredAt);
  const saved = await trx
    .insertInto('subscriptions')
    .values({
      id: subscriptionKey(subscription.id),
      publisher_id: subscription.publisherId,
      offer_id: baseOfferId(subscription.offerId),
      plan_id: subscription.planId,
      status: subscription.status,
      term_start: dateOrNull(term.startDate),
      term_end: dateOrNull(term.endDate),
      suspended_at: subscription.status === 'Suspended' ? at : null,
      ended_at: subscription.status === 'Unsubscribed' ? at : null,
      is_test: subscription.isTest ?? false,
      purchased_at: dateOrNull(subscription.purchasedAt),
      version: subscription.version,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          plan_id: sql`excluded.plan_id`,
          status: sql`excluded.status`,
          term_start: sql`coalesce(excluded.term_start, subscriptions.term_start)`,
          term_end: sql`coalesce(excluded.term_end, subscriptions.term_end)`,
          suspended_at: sql`case when excluded.status = 'Suspended'
            then coalesce(subscriptions.suspended_at, excluded.suspended_at) end`,
          ended_at: sql`coalesce(subscriptions.ended_at, excluded.ended_at)`,
          is_test: subscription.isTest ?? sql`subscriptions.is_test`,
          purchased_at: sql`coalesce(excluded.purchased_at, subscriptions.purchased_at)`,
          version: sql`excluded.version`,
        })
        .where('subscriptions.version', '<', subscription.version),
    )
    .returning('id')
    .execute();
  return saved.length > 0;
}

/** Suspended: nothing is sent, it would be refused row by row. Hours of their own state stay. */
export async function holdHours(trx: Trx, subscriptionId: string): Promise<void> {
  await trx
    .updateTable('usage_hours')
    .set({ state: 'held', next_attempt_at: null })
    .where('subscription_id', '=', subscriptionKey(subscriptionId))
    .where('state', '=', 'closed')
    .execute();
}

/** Active again, or ended for good: what was held is tried at once, inside its window. */
export async function releaseHours(trx: Trx, subscriptionId: string, now: Date): Promise<void> {
  await trx
    .updateTable('usage_hours')
    .set({ state: 'closed', next_attempt_at: now })
    .where('subscription_id', '=', subscriptionKey(subscriptionId))
    .where('state', '=', 'held')
    .execute();
}

/** Ended: its last hours do not wait for their end. */
export async function hastenHours(trx: Trx, subscriptionId: string, now: Date): Promise<void> {
  await trx
    .updateTable('usage_hours')
    .set({ due_at: now })
    .where('subscription_id', '=', subscriptionKey(subscriptionId))
    .where('state', '=', 'open')
    .where('due_at', '>', now)
    .execute();
}

export async function versionOf(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .select('version')
    .where('id', '=', subscriptionKey(subscriptionId))
    .executeTakeFirst();
  return row?.version;
}

export async function publisherOf(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .select('publisher_id')
    .where('id', '=', subscriptionId)
    .executeTakeFirst();
  return row?.publisher_id;
}

export type ReportedOn = MeteredSubscription & { readonly publisherId: string };

/**
 * The subscriptions of a batch of usage, of one publisher where that is named, by key, locked in one
 * order: batches of the same ones take turns, because late units touch two of their hours, in orders
 * that would block each other.
 */
export async function meteredSubscriptions(
  trx: Trx,
  ids: readonly string[],
  publisherId: string | undefined,
): Promise<Map<string, ReportedOn>> {
  const rows = await trx
    .selectFrom('subscriptions')
    .select(['id', 'publisher_id', 'plan_id', 'status', 'ended_at', 'purchased_at'])
    // The first term counts: usage of the hours before a renewal is as good as any.
    .select((from) =>
      from
        .selectFrom('subscription_versions as v')
        .whereRef('v.subscription_id', '=', 'subscriptions.id')
        .where('v.status', 'not in', ['NotStarted', 'PendingFulfillmentStart'])
        .select((of) => of.fn.min('v.term_start').as('first'))
        .as('term_start'),
    )
    .select((from) =>
      from
        .selectFrom('subscription_versions as v')
        .whereRef('v.subscription_id', '=', 'subscriptions.id')
        .where('v.status', 'in', ['Subscribed', 'Suspended'])
        .select((of) => of.fn.min('v.occurred_at').as('first'))
        .as('active_since'),
    )
    .where('id', 'in', [...ids])
    .$if(publisherId !== undefined, (of) => of.where('publisher_id', '=', publisherId ?? ''))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        publisherId: row.publisher_id,
        planId: row.plan_id,
        status: row.status,
        termStart: row.term_start ?? undefined,
        activeSince: row.active_since ?? undefined,
        purchasedAt: row.purchased_at ?? undefined,
        endedAt: row.ended_at ?? undefined,
      },
    ]),
  );
}

function dateOrNull(iso: string | undefined): Date | null {
  return iso === undefined ? null : new Date(iso);
}
