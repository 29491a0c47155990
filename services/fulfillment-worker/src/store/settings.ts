import { sql } from 'kysely';
import {
  offerSettings,
  ownSettings,
  type OfferSettings,
  type OwnSettings,
  type SettingsChange,
} from '@landfall/contracts/settings';
import { baseOfferId } from '@landfall/domain/subscription';
import { createGroupCommit } from '@landfall/service-kit/group-commit';
import { prepare, runPrepared, type Executor } from '@landfall/service-kit/prepared';
import type { Db, Trx } from '../db/schema.ts';

/** In the key: every publisher, or every offer. */
const EVERY = '';

export interface SettingsTarget {
  readonly publisherId: string | undefined;
  readonly offerId: string | undefined;
}

/**
 * The settings of an offer, each on its own: the offer's, otherwise the one for every offer of the publisher, otherwise the one
 * for every publisher, otherwise the default.
 */
export async function readSettings(
  db: Db['kysely'] | Trx,
  { publisherId = EVERY, offerId = EVERY }: SettingsTarget,
): Promise<OfferSettings> {
  const rows = await db
    .selectFrom('settings')
    .select('content')
    .where('publisherId', 'in', [publisherId, EVERY])
    .where('offerId', 'in', [offerId, baseOfferId(offerId), EVERY])
    .orderBy(sql`offer_id <> ''`)
    .orderBy(sql`offer_id = ${offerId}`)
    .orderBy(sql`publisher_id <> ''`)
    .execute();
  return offerSettings.parse(Object.assign({}, ...rows.map(({ content }) => content)));
}

export type ReadSettings = (target: SettingsTarget) => Promise<OfferSettings>;

/** Like {@link readSettings}, but reads that are requested at the same time share a statement. */
export function createSettingsReader(db: Executor): ReadSettings {
  const reads = createGroupCommit<SettingsTarget, OfferSettings>(async (targets) => {
    const wanted = targets.map(({ publisherId = EVERY, offerId = EVERY }, place) => {
      const base = baseOfferId(offerId);
      return { place, publisherId, offerId, offerIds: [offerId, base, EVERY] };
    });
    const rows = await runPrepared<{ place: number; content: object }>(db, settingsOfTargets, [
      JSON.stringify(wanted),
    ]);
    const found = targets.map(() => ({}));
    for (const { place, content } of rows) Object.assign(found[place] ?? {}, content);
    return found.map((content) => offerSettings.parse(content));
  });
  return (target) => reads.add(target);
}

const settingsOfTargets = prepare(
  'settings-of-targets',
  `select place, content
  from jsonb_to_recordset($1::jsonb) as target (place int, "publisherId" text, "offerId" text, "offerIds" text[])
  join settings on publisher_id in ("publisherId", '') and offer_id = any("offerIds")
  order by offer_id <> '', offer_id = "offerId", publisher_id <> ''`,
);

/** What is set for exactly this target. */
export async function readOwnSettings(
  db: Db['kysely'] | Trx,
  { publisherId = EVERY, offerId = EVERY }: SettingsTarget,
): Promise<OwnSettings> {
  const row = await db
    .selectFrom('settings')
    .select('content')
    .where('publisherId', '=', publisherId)
    .where('offerId', '=', offerId)
    .executeTakeFirst();
  return ownSettings.parse(row?.content ?? {});
}

/** Changes the named settings in one statement, so that two changes at once keep both. Null removes a setting. */
export async function changeSettings(
  db: Db['kysely'],
  { publisherId = EVERY, offerId = EVERY }: SettingsTarget,
  change: SettingsChange,
): Promise<void> {
  const content = JSON.stringify(change);
  await sql`
    insert into settings as own (publisher_id, offer_id, content)
    values (${publisherId}, ${offerId}, jsonb_strip_nulls(${content}::jsonb))
    on conflict (publisher_id, offer_id)
      do update set content = jsonb_strip_nulls(own.content || ${content}::jsonb)
  `.execute(db);
}
