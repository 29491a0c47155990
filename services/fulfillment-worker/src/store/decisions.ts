import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';
import { REFUSED_BY_PUBLISHER } from './changes.ts';

/** Microsoft's operations on a subscription, newest first, each with its change back, if any. */
export async function listOperations(
  db: Db['kysely'],
  page: {
    readonly subscriptionId: string;
    readonly before?: { readonly at: Date; readonly id: string } | undefined;
    readonly limit: number;
  },
) {
  let query = db
    .selectFrom('operations')
    .leftJoin('changes', (join) =>
      join
        .onRef('changes.subscriptionId', '=', 'operations.subscriptionId')
        .onRef('changes.compensates', '=', 'operations.operationId'),
    )
    .selectAll('operations')
    .select('changes.id as compensatedBy')
    .where('operations.subscriptionId', '=', page.subscriptionId)
    .orderBy('operations.createdAt', 'desc')
    .orderBy('operations.operationId', 'desc')
    .limit(page.limit);
  if (page.before) {
    const { at, id } = page.before;
    query = query.where(
      sql<boolean>`(operations.created_at, operations.operation_id) < (${at}, ${id})`,
    );
  }
  return await query.execute();
}

export type ListedOperation = Awaited<ReturnType<typeof listOperations>>[number];

/**
 * Counts the decisions made since then by their outcome. A late acceptance without a rule is not a missed
 * deadline, because Microsoft takes silence for acceptance. With a publisher, only its subscriptions count.
 * Changes refused on the manage page never became operations and are counted as refused.
 */
export async function reportDecisions(
  db: Db['kysely'],
  since: Date,
  publisherId: string | undefined,
) {
  const { rows } = await sql<{
    accepted: number;
    refused: number;
    missedDeadline: number;
    silent: number;
    overruled: number;
    compensated: number;
  }>`
    select count(*) filter (where decision = 'accept')::int as accepted,
      count(*) filter (where decision = 'refuse')::int + (${refusedHere(since, publisherId)})
        as refused,
      count(*) filter (where decided_at > deadline_at
        and (rule_id is not null or decision = 'refuse'))::int as "missedDeadline",
      count(*) filter (where reason like 'silence:%')::int as silent,
      count(*) filter (where outcome = 'overruled')::int as overruled,
      count(changes.id) filter (where changes.state = 'succeeded')::int as compensated
    from operations left join changes on changes.subscription_id = operations.subscription_id
      and changes.compensates = operations.operation_id
    where decided_at >= ${since}
      and (${publisherId ?? null}::text is null or exists (select from subscriptions
        where id = operations.subscription_id and publisher_id = ${publisherId ?? null}))
  `.execute(db);
  const [counts] = rows;
  if (!counts) throw new Error('a count returned no row');
  return counts;
}

function refusedHere(since: Date, publisherId: string | undefined) {
  return sql<number>`select count(*)::int from changes
    where failure = ${REFUSED_BY_PUBLISHER} and requested_at >= ${since}
      and (${publisherId ?? null}::text is null or exists (select from subscriptions
        where id = changes.subscription_id and publisher_id = ${publisherId ?? null}))`;
}
