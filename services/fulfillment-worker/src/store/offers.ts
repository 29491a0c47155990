import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** A subscription that has not ended, for each offer. `ownerId`: of one publisher only. */
export async function subscriptionOfEachOffer(
  db: Db['kysely'],
  ownerId: string | undefined,
  limit: number,
): Promise<{ readonly offerId: string; readonly subscriptionId: string }[]> {
  return await db
    .selectFrom('subscriptions')
    .select(['offerId', sql<string>`min(id)`.as('subscriptionId')])
    .where('status', '<>', 'Unsubscribed')
    .where('missingAt', 'is', null)
    .$if(ownerId !== undefined, (query) => query.where('publisherId', '=', ownerId ?? ''))
    .groupBy('offerId')
    .orderBy('offerId')
    .limit(limit)
    .execute();
}

/** Offers that have settings of their own, but no subscription, not even an ended one. */
export async function offersWithSettingsOnly(
  db: Db['kysely'],
  ownerId: string | undefined,
): Promise<string[]> {
  const rows = await db
    .selectFrom('settings')
    .select('offerId')
    .distinct()
    .where('offerId', '<>', '')
    .$if(ownerId !== undefined, (query) => query.where('publisherId', '=', ownerId ?? ''))
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('subscriptions')
            .select('id')
            .whereRef('subscriptions.offerId', '=', 'settings.offerId'),
        ),
      ),
    )
    .orderBy('offerId')
    .execute();
  return rows.map(({ offerId }) => offerId);
}
