import { sql } from 'kysely';
import { MAX_COUNTED } from '@landfall/service-kit/common-readings';
import type { Db } from '../db/schema.ts';

/** How many unreadable notifications have arrived since then; counting stops at the kit's bound. */
export async function countUnreadable(db: Db, since: Date): Promise<number | undefined> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 from notifications where unreadable and received_at > ${since}
      limit ${MAX_COUNTED}) as recent`.execute(db.kysely);
  return rows[0]?.count;
}

/** How many notifications wait to be published, and since when; counting stops at the kit's bound. */
export async function readBacklog(
  db: Db,
): Promise<{ readonly waiting: number; readonly oldest: Date | null } | undefined> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
    select count(*)::int as waiting, min(received_at) as oldest from (
      select received_at from notifications
      where published_at is null and subscription_id is not null
      order by received_at limit ${MAX_COUNTED}) as unpublished
  `.execute(db.kysely);
  return rows[0];
}
