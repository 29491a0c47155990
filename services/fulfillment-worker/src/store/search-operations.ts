import { sql } from 'kysely';
import type { Db } from '../db/schema.ts';
import type { ListedOperation } from './decisions.ts';

export interface OperationsWanted {
  readonly publisherId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly operationId?: string | undefined;
  readonly sort?: 'newest' | 'decided' | undefined;
  readonly isOpen?: boolean | undefined;
  readonly outcome?: string | undefined;
  readonly decision?: 'accept' | 'refuse' | 'none' | undefined;
  readonly isLate?: boolean | undefined;
  readonly ruleId?: string | undefined;
  readonly isSilent?: boolean | undefined;
  readonly action?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly before?:
    | { readonly at: string; readonly operationId: string; readonly subscriptionId: string }
    | undefined;
  readonly limit: number;
}

/** Operations of all subscriptions, or of one publisher's, newest first or latest decision first, each with its change back, if any. */
export async function searchOperations(
  db: Db['kysely'],
  wanted: OperationsWanted,
): Promise<ListedOperation[]> {
  const { publisherId, decision, isOpen, isLate, isSilent, since, until, before } = wanted;
  const at = wanted.sort === 'decided' ? 'decidedAt' : 'createdAt';
  let query = db
    .selectFrom('operations')
    .leftJoin('changes', (join) =>
      join
        .onRef('changes.subscriptionId', '=', 'operations.subscriptionId')
        .onRef('changes.compensates', '=', 'operations.operationId'),
    )
    .selectAll('operations')
    .select('changes.id as compensatedBy')
    .orderBy(`operations.${at}`, 'desc')
    .orderBy('operations.operationId', 'desc')
    .orderBy('operations.subscriptionId', 'desc')
    .limit(wanted.limit);
  if (publisherId !== undefined) {
    query = query.where(
      sql<boolean>`exists (select from subscriptions where id = operations.subscription_id
        and publisher_id = ${publisherId})`,
    );
  }
  if (at === 'decidedAt') query = query.where('operations.decidedAt', 'is not', null);
  const { subscriptionId, operationId, outcome, ruleId, action } = wanted;
  const equal = { subscriptionId, operationId, outcome, ruleId, action };
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) query = query.where(sql.ref(`operations.${column}`), '=', value);
  }
  if (isOpen !== undefined) {
    query = query.where('operations.outcome', isOpen ? 'is' : 'is not', null);
  }
  if (decision !== undefined) {
    query =
      decision === 'none'
        ? query.where('operations.decision', 'is', null)
        : query.where('operations.decision', '=', decision);
  }
  if (isLate !== undefined) {
    query = query.where(
      isLate ? sql<boolean>`decided_at > deadline_at` : sql<boolean>`decided_at <= deadline_at`,
    );
  }
  if (isSilent !== undefined) {
    query = query.where(
      sql<boolean>`(coalesce(operations.reason, '') like 'silence:%') = ${isSilent}`,
    );
  }
  if (since) query = query.where(`operations.${at}`, '>=', since);
  if (until) query = query.where(`operations.${at}`, '<', until);
  if (before) {
    query = query.where(
      sql<boolean>`(${sql.ref(`operations.${at}`)}, operations.operation_id, operations.subscription_id)
        < (${before.at}::timestamptz, ${before.operationId}, ${before.subscriptionId})`,
    );
  }
  return await query.execute();
}
