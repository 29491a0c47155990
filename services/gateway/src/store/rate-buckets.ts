import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

/** What a process has taken from a bucket since it last said so. */
export interface Taking {
  /** Kind of limit and caller. */
  readonly name: string;
  readonly taken: number;
  readonly perSecond: number;
  readonly size: number;
}

/**
 * Takes from the shared buckets and returns what is left in each. Less than nothing is a debt, because several processes
 * may have given out the same tokens; it is at most a whole bucket. Time is PostgreSQL's, so the processes' clocks do not matter.
 */
export async function takeShared(
  db: Db,
  takings: readonly Taking[],
): Promise<ReadonlyMap<string, number>> {
  const sorted = takings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rates = sorted.map(({ perSecond }) => perSecond);
  const { rows } = await sql<{ name: string; tokens: number }>`
    with given as (
      select * from unnest(
        ${sorted.map(({ name }) => name)}::text[], ${sorted.map(({ taken }) => taken)}::float8[],
        ${rates}::float8[], ${sorted.map(({ size }) => size)}::float8[]
      ) as g (name, taken, per_second, size)
    )
    insert into rate_buckets as bucket (name, tokens, size, at)
      select name, size - taken, size, clock_timestamp() from given order by name
    on conflict (name) do update set
      tokens = greatest(
        -excluded.size,
        least(
          excluded.size,
          bucket.tokens + greatest(0, extract(epoch from excluded.at - bucket.at))
            * (select per_second from given where given.name = bucket.name)
        ) - (excluded.size - excluded.tokens)
      ),
      size = excluded.size,
      at = greatest(excluded.at, bucket.at)
    returning name, tokens`.execute(db.kysely);
  return new Map(rows.map(({ name, tokens }) => [name, tokens]));
}
