import { sql } from 'kysely';
import type { Db, Trx } from '../db/schema.ts';
import type { SecretSpan } from './destinations.ts';

/**
 * Adds a secret. Those in force keep signing until `oldExpireAt`; expired ones, and the oldest ones beyond
 * `limit`, are removed. The caller holds the destination's lock.
 */
export async function addSecret(
  trx: Trx,
  added: {
    readonly destinationId: string;
    readonly secret: string;
    readonly at: Date;
    readonly oldExpireAt: Date;
  },
  limit: number,
): Promise<void> {
  const { destinationId, secret, at, oldExpireAt } = added;
  await trx
    .updateTable('destination_secrets')
    .set({ expires_at: sql<Date>`least(expires_at, ${oldExpireAt})` })
    .where('destination_id', '=', destinationId)
    .execute();
  await trx
    .insertInto('destination_secrets')
    .values({ destination_id: destinationId, secret, created_at: at, expires_at: null })
    .execute();
  await sql`
    delete from destination_secrets
    where destination_id = ${destinationId} and (expires_at <= ${at} or id not in (
      select id from destination_secrets where destination_id = ${destinationId}
      order by id desc limit ${limit}))
  `.execute(trx);
}

/** When the secrets in force of each destination begin and end, newest first. */
export async function secretSpans(
  db: Db['kysely'] | Trx,
  destinationIds: readonly string[],
  at: Date,
): Promise<Map<string, SecretSpan[]>> {
  const spans = new Map<string, SecretSpan[]>(destinationIds.map((id) => [id, []]));
  if (destinationIds.length === 0) return spans;
  const rows = await db
    .selectFrom('destination_secrets')
    .select(['destination_id', 'created_at', 'expires_at'])
    .where('destination_id', 'in', destinationIds)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)]))
    .orderBy('id', 'desc')
    .execute();
  for (const row of rows) {
    spans
      .get(row.destination_id)
      ?.push({ createdAt: row.created_at, expiresAt: row.expires_at ?? undefined });
  }
  return spans;
}

/** The secrets that sign a post to a destination, newest first. */
export async function secretsInForce(
  db: Db['kysely'],
  destinationId: string,
  at: Date,
): Promise<string[]> {
  const rows = await db
    .selectFrom('destination_secrets')
    .select('secret')
    .where('destination_id', '=', destinationId)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)]))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ secret }) => secret);
}
