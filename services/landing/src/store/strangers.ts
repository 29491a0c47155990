import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';

export interface Strangers {
  readonly subscriptionId: string;
  readonly publisherId: string | null;
  /** When the first of them came. */
  readonly firstAt: Date;
  readonly people: number;
}

/**
 * Subscriptions that people of another organisation have opened since then: the newest ones of each publisher. Reads the index
 * `events_of_strangers`.
 */
export async function strangersSince(
  trx: Trx,
  since: Date,
  limit: number,
): Promise<readonly Strangers[]> {
  const { rows } = await sql<Strangers>`
    select subscription_id, publisher_id, first_at, people from (
      select *, row_number() over (partition by publisher_id order by first_at desc) as place
      from (
        select subscription_id, max(publisher_id) as publisher_id, min(at) as first_at,
          count(distinct (tenant_id, object_id))::int as people
        from events
        where kind = 'visitor.refused' and subscription_id is not null and at > ${since}
        group by subscription_id
      ) as visited
    ) as placed where place <= ${limit}`.execute(trx);
  return rows;
}
