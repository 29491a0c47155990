import { sql } from 'kysely';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { baseOfferId } from '@landfall/domain/subscription';
import type { MeteredSubscription } from '@landfall/domain/usage';
import type { Db, Trx } from '../db/schema.ts';

/** The key of a subscription. Ids are GUIDs, and Microsoft writes them in upper or lower case. */
export function subscriptionKey(id: string): string {
  return id.trim().toLowerCase();
}

/** Stores a version once. Repeats and the order of versions do not matter. */
export async function insertVersion(trx: Trx, fact: SubscriptionFact): Promise<void> {
  const { subscription } = fact;
  await trx
    .insertInto('subscriptionVersions')
    .values({
      subscriptionId: subscriptionKey(subscription.id),
      version: subscription.version,
      occurredAt: new Date(fact.occurredAt),
      planId: subscription.planId,
      status: subscription.status,
      termStart: dateOrNull(subscription.term.startDate),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Saves the state of a fact; false if this version or a newer one is known. The end of the subscription and the dates of
 * its term are kept if a later fact does not carry them.
 */
export async function saveSubscription(trx: Trx, fact: SubscriptionFact): Promise<boolean> {
  const { subscription } = fact;
  const { term } = subscription;
  const at = new Date(fact.occurredAt);
  const saved = await trx
    .insertInto('subscriptions')
    .values({
      id: subscriptionKey(subscription.id),
      publisherId: subscription.publisherId,
      offerId: baseOfferId(subscription.offerId),
      planId: subscription.planId,
      status: subscription.status,
      termStart: dateOrNull(term.startDate),
      termEnd: dateOrNull(term.endDate),
      suspendedAt: subscription.status === 'Suspended' ? at : null,
      endedAt: subscription.status === 'Unsubscribed' ? at : null,
      isTest: subscription.isTest ?? false,
      purchasedAt: dateOrNull(subscription.purchasedAt),
      version: subscription.version,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          planId: sql`excluded.plan_id`,
          status: sql`excluded.status`,
          termStart: sql`coalesce(excluded.term_start, subscriptions.term_start)`,
          termEnd: sql`coalesce(excluded.term_end, subscriptions.term_end)`,
          suspendedAt: sql`case when excluded.status = 'Suspended'
            then coalesce(subscriptions.suspended_at, excluded.suspended_at) end`,
          endedAt: sql`coalesce(subscriptions.ended_at, excluded.ended_at)`,
          isTest: subscription.isTest ?? sql`subscriptions.is_test`,
          purchasedAt: sql`coalesce(excluded.purchased_at, subscriptions.purchased_at)`,
          version: sql`excluded.version`,
        })
        .where('subscriptions.version', '<', subscription.version),
    )
    .returning('id')
    .execute();
  return saved.length > 0;
}

/** After a suspension: nothing is sent, because Microsoft would refuse each row. Only closed hours are held. */
export async function holdHours(trx: Trx, subscriptionId: string): Promise<void> {
  await trx
    .updateTable('usageHours')
    .set({ state: 'held', nextAttemptAt: null })
    .where('subscriptionId', '=', subscriptionKey(subscriptionId))
    .where('state', '=', 'closed')
    .execute();
}

/** After a reinstatement or the end: sends held hours at once, while Microsoft still takes them. */
export async function releaseHours(trx: Trx, subscriptionId: string, now: Date): Promise<void> {
  await trx
    .updateTable('usageHours')
    .set({ state: 'closed', nextAttemptAt: now })
    .where('subscriptionId', '=', subscriptionKey(subscriptionId))
    .where('state', '=', 'held')
    .execute();
}

/** After the end: closes the last hours at once. */
export async function hastenHours(trx: Trx, subscriptionId: string, now: Date): Promise<void> {
  await trx
    .updateTable('usageHours')
    .set({ dueAt: now })
    .where('subscriptionId', '=', subscriptionKey(subscriptionId))
    .where('state', '=', 'open')
    .where('dueAt', '>', now)
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
    .select('publisherId')
    .where('id', '=', subscriptionId)
    .executeTakeFirst();
  return row?.publisherId;
}

export type ReportedOn = MeteredSubscription & { readonly publisherId: string };

/**
 * The subscriptions of a batch of usage by key; with `publisherId`, only those of that publisher. They are locked in one
 * order so that batches of the same subscriptions take turns: late units touch two hours, in orders that could deadlock.
 */
export async function meteredSubscriptions(
  trx: Trx,
  ids: readonly string[],
  publisherId: string | undefined,
): Promise<Map<string, ReportedOn>> {
  const rows = await trx
    .selectFrom('subscriptions')
    .select(['id', 'publisherId', 'planId', 'status', 'endedAt', 'purchasedAt'])
    // The first term counts, because usage of the hours before a renewal is valid too.
    .select((from) =>
      from
        .selectFrom('subscriptionVersions as v')
        .whereRef('v.subscriptionId', '=', 'subscriptions.id')
        .where('v.status', 'not in', ['NotStarted', 'PendingFulfillmentStart'])
        .select((of) => of.fn.min('v.termStart').as('first'))
        .as('termStart'),
    )
    .select((from) =>
      from
        .selectFrom('subscriptionVersions as v')
        .whereRef('v.subscriptionId', '=', 'subscriptions.id')
        .where('v.status', 'in', ['Subscribed', 'Suspended'])
        .select((of) => of.fn.min('v.occurredAt').as('first'))
        .as('activeSince'),
    )
    .where('id', 'in', [...ids])
    .$if(publisherId !== undefined, (of) => of.where('publisherId', '=', publisherId ?? ''))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        publisherId: row.publisherId,
        planId: row.planId,
        status: row.status,
        termStart: row.termStart ?? undefined,
        activeSince: row.activeSince ?? undefined,
        purchasedAt: row.purchasedAt ?? undefined,
        endedAt: row.endedAt ?? undefined,
      },
    ]),
  );
}

function dateOrNull(iso: string | undefined): Date | null {
  return iso === undefined ? null : new Date(iso);
}
