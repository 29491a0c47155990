import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';

/** An event id belongs to a publisher: two publishers may use the same one. */
export interface ClaimKey {
  readonly publisherId: string;
  readonly eventId: string;
}

/** Content hashes of counted records, by `claimKey`. */
export type Claims = ReadonlyMap<string, string>;

export function claimKey({ publisherId, eventId }: ClaimKey): string {
  return JSON.stringify([publisherId, eventId]);
}

/** The claims that exist among the given ids. */
export async function findClaims(trx: Trx, keys: readonly ClaimKey[]): Promise<Claims> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<ClaimKey & { contentHash: string }>`
    select c.publisher_id, c.event_id, c.content_hash
    from unnest(${keys.map((key) => key.publisherId)}::text[],
      ${keys.map((key) => key.eventId)}::text[]) as k (publisher_id, event_id)
    -- The limit makes PostgreSQL look up each id, instead of reading all claims to join them.
    cross join lateral (select * from usage_claims c
      where c.publisher_id = k.publisher_id and c.event_id = k.event_id limit 1) as c`.execute(trx);
  return new Map(rows.map((row) => [claimKey(row), row.contentHash]));
}
