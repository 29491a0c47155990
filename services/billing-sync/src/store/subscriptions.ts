import { sql } from 'kysely';
import type { SubscriptionFact } from '@landfall/contracts/subscription-facts';
import { baseOfferId } from '@landfall/domain/subscription';
import type { SubscriptionVersion } from '@landfall/domain/standing';
import { hourEnd, hourOf, USAGE_WINDOW_MS, type MeteredSubscription } from '@landfall/domain/usage';
import type { Db, SubscriptionsTable, Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';

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
      termEnd: dateOrNull(subscription.term.endDate),
      termUnit: subscription.term.termUnit ?? null,
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
      termUnit: term.termUnit ?? null,
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
          termUnit: sql`coalesce(excluded.term_unit, subscriptions.term_unit)`,
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

/** Whether no other version says that the subscription was in use. */
export async function isFirstActiveVersion(
  trx: Trx,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  const other = await trx
    .selectFrom('subscriptionVersions')
    .select('version')
    .where('subscriptionId', '=', id)
    .where('version', '<>', version)
    .where('status', '=', 'Subscribed')
    .executeTakeFirst();
  return other === undefined;
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

/** After the end: rates and sends the last hours at once. */
export async function hastenHours(trx: Trx, subscriptionId: string, now: Date): Promise<void> {
  const id = subscriptionKey(subscriptionId);
  // Older hours cannot be waiting. The limit spares a look into each month.
  const since = hourOf(new Date(now.getTime() - 2 * USAGE_WINDOW_MS));
  await trx
    .updateTable('meterHours')
    .set({ dueAt: now })
    .where('subscriptionId', '=', id)
    .where('hour', '>=', since)
    .where('state', '=', 'open')
    .where('dueAt', '>', now)
    .execute();
  await trx
    .updateTable('usageHours')
    .set({ nextAttemptAt: now })
    .where('subscriptionId', '=', id)
    .where('hour', '>=', since)
    .where('state', '=', 'closed')
    .where('nextAttemptAt', '>', now)
    .execute();
}

/**
 * After a plan change: unsent rows of hours that begin after it take the new plan, because Microsoft takes a row only under
 * a plan that was in force within its hour. Such rows hold units that were carried to an hour that had not begun.
 */
export async function replanLaterHours(
  trx: Trx,
  subscriptionId: string,
  change: { readonly planId: string; readonly at: Date },
): Promise<void> {
  await trx
    .updateTable('usageHours')
    .set({ planId: change.planId })
    .where('subscriptionId', '=', subscriptionKey(subscriptionId))
    .where('hour', '>=', hourEnd(hourOf(change.at)))
    .where('state', 'in', ['closed', 'held'])
    .where('sealed', '=', false)
    .where('planId', '<>', change.planId)
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

/** The present plan of a subscription. */
export async function planOf(
  db: Db['kysely'],
  subscriptionId: string,
): Promise<PlanKey | undefined> {
  return await db
    .selectFrom('subscriptions')
    .select(['publisherId', 'offerId', 'planId'])
    .where('id', '=', subscriptionId)
    .executeTakeFirst();
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

/** A subscription for which usage is reported, with all its versions. */
export type ReportedOn = MeteredSubscription & {
  readonly publisherId: string;
  readonly offerId: string;
  /** Lowest version first. */
  readonly versions: readonly SubscriptionVersion[];
};

/**
 * The subscriptions of a batch of usage by key; with `publisherId`, only those of that publisher. With a lock, no version
 * appears between this reading and the end of the transaction: batches share it, and a new version takes it alone.
 */
export async function reportedSubscriptions(
  trx: Trx,
  ids: readonly string[],
  of: { readonly publisherId: string | undefined; readonly lock: 'shared' | 'alone' | 'none' },
): Promise<Map<string, ReportedOn>> {
  const { publisherId, lock } = of;
  if (ids.length === 0) return new Map();
  if (lock !== 'none') await lockVersions(trx, ids, lock);
  const rows = await trx
    .selectFrom('subscriptions')
    .select(['id', 'publisherId', 'offerId', 'planId', 'status', 'endedAt', 'purchasedAt'])
    .where('id', '=', sql<string>`any(${[...ids]})`)
    .$if(publisherId !== undefined, (of) => of.where('publisherId', '=', publisherId ?? ''))
    .execute();
  const versions = await versionsOf(
    trx,
    rows.map(({ id }) => id),
  );
  return new Map(rows.map((row) => [row.id, reportedOn(row, versions.get(row.id) ?? [])]));
}

/** Key space of the advisory locks on versions. Any number that no other code uses. */
const VERSIONS_LOCKS = 5310;

/**
 * Subscriptions share 64 locks, so that a batch of a thousand subscriptions writes to none of their rows, needs little of
 * PostgreSQL's lock table, and does not wait for other batches. They are taken in one order, to avoid deadlocks.
 */
async function lockVersions(
  trx: Trx,
  ids: readonly string[],
  lock: 'shared' | 'alone',
): Promise<void> {
  const take = sql.raw(
    lock === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock',
  );
  await sql`
    select ${take}(${VERSIONS_LOCKS}, lock) from (
      select distinct hashtext(id) & 63 as lock from unnest(${[...ids]}::text[]) as given (id)
      order by 1) as locks`.execute(trx);
}

function reportedOn(
  row: Pick<
    SubscriptionsTable,
    'publisherId' | 'offerId' | 'planId' | 'status' | 'endedAt' | 'purchasedAt'
  >,
  versions: readonly SubscriptionVersion[],
): ReportedOn {
  const begun = versions.filter(({ status }) => !PENDING.has(status));
  const active = versions.filter(({ status }) => ACTIVE.has(status));
  return {
    publisherId: row.publisherId,
    offerId: row.offerId,
    planId: row.planId,
    status: row.status,
    // The first term counts, because usage of the hours before a renewal is valid too.
    termStart: earliest(begun.map(({ termStart }) => termStart)),
    activeSince: earliest(active.map(({ occurredAt }) => occurredAt)),
    purchasedAt: row.purchasedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
    versions,
  };
}

const PENDING = new Set(['NotStarted', 'PendingFulfillmentStart']);
const ACTIVE = new Set(['Subscribed', 'Suspended']);

/** All versions of each subscription, lowest first. */
async function versionsOf(
  db: Db['kysely'],
  ids: readonly string[],
): Promise<Map<string, SubscriptionVersion[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('subscriptionVersions')
    .selectAll()
    .where('subscriptionId', '=', sql<string>`any(${[...ids]})`)
    .orderBy('subscriptionId')
    .orderBy('version')
    .execute();
  const versions = new Map<string, SubscriptionVersion[]>();
  for (const { subscriptionId, ...version } of rows) {
    const known = versions.get(subscriptionId);
    if (known) known.push(version);
    else versions.set(subscriptionId, [version]);
  }
  return versions;
}

function earliest(dates: readonly (Date | null)[]): Date | undefined {
  const times = dates.filter((date) => date !== null).map((date) => date.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

function dateOrNull(iso: string | undefined): Date | null {
  return iso === undefined ? null : new Date(iso);
}
