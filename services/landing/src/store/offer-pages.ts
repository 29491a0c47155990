import { sql, type Insertable, type Selectable } from 'kysely';
import type { StoredOfferPage } from '@landfall/contracts/offer-page';
import { baseOfferId } from '@landfall/domain/subscription';
import type { Db, OfferPagesTable } from '../db/schema.ts';

/** In the key: all offers, or all plans. */
const EVERY = '';

export interface Target {
  readonly publisherId: string;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
}

/** A stored page with the stylesheet that was made from its colours. */
export interface Level {
  readonly page: StoredOfferPage;
  readonly styleFile: string | null;
}

export type OfferPageRow = Selectable<OfferPagesTable>;

export async function findPage(db: Db, target: Target): Promise<OfferPageRow | undefined> {
  return db.selectFrom('offerPages').selectAll().where(isAt(target)).executeTakeFirst();
}

/** The pages of the plan, its offer and its publisher, in this order. A preview offer also uses its offer's pages. */
export async function levelsOf(db: Db, target: Target): Promise<Level[]> {
  const { publisherId, offerId = EVERY, planId = EVERY } = target;
  const rows = await db
    .selectFrom('offerPages')
    .select(['page', 'styleFile'])
    .where('publisherId', '=', publisherId)
    .where('offerId', 'in', [offerId, baseOfferId(offerId), EVERY])
    .where('planId', 'in', [planId, EVERY])
    .orderBy(sql`plan_id <> ''`, 'desc')
    .orderBy(sql`offer_id = ${offerId}`, 'desc')
    .orderBy(sql`offer_id <> ''`, 'desc')
    .execute();
  return rows.map(({ page, styleFile }) => ({ page, styleFile }));
}

/** Inserts or replaces a page. */
export async function writePage(
  db: Db,
  target: Target,
  written: Pick<OfferPageRow, 'logoFile' | 'styleFile'> & { page: StoredOfferPage; at: Date },
): Promise<void> {
  const content = {
    page: JSON.stringify(written.page),
    logoFile: written.logoFile,
    styleFile: written.styleFile,
    updatedAt: written.at,
  };
  const row: Insertable<OfferPagesTable> = { ...keyOf(target), ...content };
  await db
    .insertInto('offerPages')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['publisherId', 'offerId', 'planId']).doUpdateSet(content),
    )
    .execute();
}

export async function removePage(db: Db, target: Target): Promise<boolean> {
  const removed = await db.deleteFrom('offerPages').where(isAt(target)).executeTakeFirst();
  return removed.numDeletedRows > 0n;
}

export async function listPages(
  db: Db,
  wanted: {
    readonly publisherId: string | undefined;
    readonly offerId: string | undefined;
    readonly after: readonly [string, string, string] | undefined;
    readonly limit: number;
  },
): Promise<Pick<OfferPageRow, 'publisherId' | 'offerId' | 'planId' | 'updatedAt'>[]> {
  let query = db
    .selectFrom('offerPages')
    .select(['publisherId', 'offerId', 'planId', 'updatedAt'])
    .orderBy('publisherId')
    .orderBy('offerId')
    .orderBy('planId')
    .limit(wanted.limit);
  if (wanted.publisherId !== undefined) {
    query = query.where('publisherId', '=', wanted.publisherId);
  }
  if (wanted.offerId !== undefined) query = query.where('offerId', '=', wanted.offerId);
  if (wanted.after) {
    const [publisherId, offerId, planId] = wanted.after;
    query = query.where(
      sql<boolean>`(publisher_id, offer_id, plan_id) > (${publisherId}, ${offerId}, ${planId})`,
    );
  }
  return query.execute();
}

/** Number of a publisher's pages, and bytes of these pages and of the files that it was the first to store. */
export async function storedBy(
  db: Db,
  publisherId: string,
): Promise<{ readonly pages: number; readonly bytes: number }> {
  const { rows } = await sql<{ pages: string; bytes: string }>`
    select pages, page_bytes + file_bytes as bytes from
      (select count(*) as pages, coalesce(sum(pg_column_size(page)), 0) as page_bytes
        from offer_pages where publisher_id = ${publisherId}) as of_pages,
      (select coalesce(sum(octet_length(content)), 0) as file_bytes
        from brand_files where publisher_id = ${publisherId}) as of_files`.execute(db);
  return { pages: Number(rows[0]?.pages ?? 0), bytes: Number(rows[0]?.bytes ?? 0) };
}

function keyOf({ publisherId, offerId = EVERY, planId = EVERY }: Target) {
  return { publisherId, offerId, planId };
}

function isAt(target: Target) {
  const { publisherId, offerId, planId } = keyOf(target);
  return sql<boolean>`(publisher_id, offer_id, plan_id) = (${publisherId}, ${offerId}, ${planId})`;
}
