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
    .updateTable('destinationSecrets')
    .set({ expiresAt: sql<Date>`least(expires_at, ${oldExpireAt})` })
    .where('destinationId', '=', destinationId)
    .execute();
  await trx
    .insertInto('destinationSecrets')
    .values({ destinationId, secret, createdAt: at, expiresAt: null })
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
    .selectFrom('destinationSecrets')
    .select(['destinationId', 'createdAt', 'expiresAt'])
    .where('destinationId', 'in', destinationIds)
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', at)]))
    .orderBy('id', 'desc')
    .execute();
  for (const row of rows) {
    spans
      .get(row.destinationId)
      ?.push({ createdAt: row.createdAt, expiresAt: row.expiresAt ?? undefined });
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
    .selectFrom('destinationSecrets')
    .select('secret')
    .where('destinationId', '=', destinationId)
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', at)]))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(({ secret }) => secret);
}
