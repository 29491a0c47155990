import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';

export interface UsageDay {
  readonly day: string;
  readonly hours: Record<string, number>;
  readonly dimensions: string[];
  readonly isProblem: boolean;
}

/** Hours for Microsoft by UTC day, latest first. `isProblem`: one is refused, written off or has another problem. */
export async function selectUsageDays(
  db: Db['kysely'],
  wanted: {
    readonly subscriptionId: string;
    readonly until: Date | undefined;
    /** Days before this one. */
    readonly before: string | undefined;
    readonly limit: number;
  },
): Promise<UsageDay[]> {
  const { subscriptionId, until, before, limit } = wanted;
  const DAY = sql`date_trunc('day', hour, 'UTC')`;
  const { rows } = await sql<UsageDay>`
    select to_char(day at time zone 'UTC', 'YYYY-MM-DD') as day,
      jsonb_object_agg(state, hours) as hours,
      (select array_agg(distinct name order by name) from unnest(array_agg(names)) as name) as dimensions,
      bool_or(is_problem) as is_problem
    from (
      select ${DAY} as day, state, count(*)::int as hours,
        string_agg(distinct dimension, chr(31)) as names,
        bool_or(problem is not null or state in ('refused', 'writtenOff')) as is_problem
      from usage_hours where subscription_id = ${subscriptionId}
        ${before === undefined ? sql`` : sql`and hour < ${before}::date at time zone 'UTC'`}
        ${until === undefined ? sql`` : sql`and ${DAY} < ${until}`}
      group by 1, 2) as by_state
    group by by_state.day order by by_state.day desc limit ${limit}`.execute(db);
  return rows.map(({ day, hours, dimensions, isProblem }) => {
    const names = new Set(dimensions.flatMap((joined) => joined.split('\u001F')));
    return { day, hours, dimensions: [...names].toSorted(), isProblem };
  });
}
