import type { Db } from '../db/schema.ts';

/** An installation has dozens of keys. */
const MOST = 1_000;

/** Keys that end in a period and are not revoked, by their end. */
export async function endingKeys(
  db: Db,
  wanted: {
    readonly from: Date;
    /** Not included. */
    readonly to: Date;
    readonly publisherId: string | undefined;
  },
) {
  const { from, to, publisherId } = wanted;
  let query = db.kysely
    .selectFrom('apiKeys')
    .select(['id', 'label', 'publisherId', 'expiresAt'])
    .where('expiresAt', '>=', from)
    .where('expiresAt', '<', to)
    .where('revokedAt', 'is', null)
    .$narrowType<{ expiresAt: Date }>()
    .orderBy('expiresAt')
    .orderBy('id')
    .limit(MOST);
  if (publisherId !== undefined) query = query.where('publisherId', '=', publisherId);
  return await query.execute();
}
