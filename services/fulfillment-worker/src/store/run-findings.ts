import { sql } from 'kysely';
import type { findingStates } from '@landfall/contracts/reconciliation-procedures';
import type { Db } from '../db/schema.ts';

export interface FindingRow {
  readonly runId: string;
  readonly publisherId: string | null;
  readonly startedAt: Date;
  /** Its place in the run. */
  readonly place: number;
  readonly subscriptionId: string;
  readonly kind: string;
  readonly detail: string;
  readonly cause: string | null;
  readonly state: (typeof findingStates)[number];
}

/**
 * The differences that runs stored, newest run first, in the order in which they were found. The task that reads the
 * subscription says what became of one.
 */
export async function listFindings(
  db: Db['kysely'],
  wanted: {
    readonly publisherId: string | undefined;
    /** Runs without a publisher id belong to this publisher too. */
    readonly hasNameless: boolean;
    readonly runId?: string | undefined;
    readonly subscriptionId?: string | undefined;
    readonly kind?: string | undefined;
    readonly state?: string | undefined;
    readonly since?: Date | undefined;
    readonly after?:
      | { readonly at: string; readonly runId: string; readonly place: number }
      | undefined;
    readonly limit: number;
  },
): Promise<FindingRow[]> {
  const { publisherId, hasNameless, runId, subscriptionId, kind, state, since, after } = wanted;
  const isIn = (column: string, value: unknown) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const ofPublisher =
    publisherId === undefined
      ? sql`true`
      : sql`(runs.publisher_id = ${publisherId} or (${hasNameless} and runs.publisher_id is null))`;
  const isAfter = after
    ? sql`(runs.started_at, runs.id, -found.place)
        < (${after.at}::timestamptz, ${after.runId}::uuid, ${-after.place}::bigint)`
    : sql`true`;
  const { rows } = await sql<FindingRow>`
    select * from (
      select runs.id as run_id, runs.publisher_id, runs.started_at, found.place::int as place,
        found.finding ->> 'subscriptionId' as subscription_id, found.finding ->> 'kind' as kind,
        found.finding ->> 'detail' as detail, found.finding ->> 'cause' as cause,
        case when runs.dry_run or task.id is null then 'reported'
          when task.dead_at is not null then 'parked'
          when task.done_at is null then 'open'
          when task.unhealed then 'unhealed' else 'healed' end as state
      from reconciliation_runs as runs
        cross join lateral jsonb_array_elements(runs.findings) with ordinality as found (finding, place)
        left join lateral (
          select id, done_at, dead_at, unhealed from tasks
          where run_id = runs.id and kind = 'converge'
            and tasks.subscription_id = found.finding ->> 'subscriptionId'
          order by id desc limit 1) as task on true
      where ${ofPublisher} and ${isIn('runs.id', runId)} and ${isAfter}
        and ${since ? sql`runs.started_at >= ${since}` : sql`true`}
    ) as listed
    where ${isIn('listed.subscription_id', subscriptionId)} and ${isIn('listed.kind', kind)}
      and ${isIn('listed.state', state)}
    order by started_at desc, run_id desc, place limit ${wanted.limit}
  `.execute(db);
  return rows;
}
