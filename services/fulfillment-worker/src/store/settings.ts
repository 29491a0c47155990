import { sql } from 'kysely';
import { offerSettings, type OfferSettings } from '@landfall/contracts/settings';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Db, Trx } from '../db/schema.ts';

/** In the key: every publisher, or every offer. */
const EVERY = '';

export interface SettingsTarget {
  readonly publisherId: string | undefined;
  readonly offerId: string | undefined;
}

/**
 * The settings of an offer: its own, otherwise those for every offer of the publisher, otherwise those for
 * every publisher, otherwise the defaults. One set is taken as a whole.
 */
export async function readSettings(
  db: Db['kysely'] | Trx,
  { publisherId = EVERY, offerId = EVERY }: SettingsTarget,
): Promise<OfferSettings> {
  const row = await db
    .selectFrom('settings')
    .select('content')
    .where('publisherId', 'in', [publisherId, EVERY])
    .where('offerId', 'in', [offerId, baseOfferId(offerId), EVERY])
    .orderBy(sql`offer_id <> ''`, 'desc')
    .orderBy(sql`offer_id = ${offerId}`, 'desc')
    .orderBy(sql`publisher_id <> ''`, 'desc')
    .limit(1)
    .executeTakeFirst();
  return offerSettings.parse(row?.content ?? {});
}

export async function writeSettings(
  db: Db['kysely'],
  { publisherId = EVERY, offerId = EVERY }: SettingsTarget,
  settings: OfferSettings,
): Promise<void> {
  const content = JSON.stringify(settings);
  await db
    .insertInto('settings')
    .values({ publisherId, offerId, content })
    .onConflict((conflict) => conflict.columns(['publisherId', 'offerId']).doUpdateSet({ content }))
    .execute();
}
