import { sql } from 'kysely';
import type { Position } from '@landfall/service-kit/paging';
import type { Db } from '../db/schema.ts';

/** The events of a subscription, newest first: also those of its visits before the purchase was resolved. */
export async function eventsPageOf(
  db: Db,
  wanted: {
    readonly subscriptionId: string;
    readonly until: Date | undefined;
    readonly id: string | undefined;
    readonly before: Position | undefined;
    readonly limit: number;
  },
) {
  const { subscriptionId, until, id, before } = wanted;
  // To the millisecond, as in cursors.
  const at = sql<Date>`date_trunc('milliseconds', at)`;
  let query = db
    .selectFrom('events')
    .select(['id', at.as('at'), 'kind', 'correlationId', 'times'])
    .where((is) =>
      is.or([
        is('subscriptionId', '=', subscriptionId),
        is(
          'visitId',
          'in',
          is
            .selectFrom('visits')
            .select('visits.id')
            .where('visits.subscriptionId', '=', subscriptionId),
        ),
      ]),
    )
    .orderBy(at, 'desc')
    .orderBy('id', 'desc')
    .limit(wanted.limit);
  if (until) query = query.where('at', '<', until);
  if (id !== undefined) query = query.where('id', '=', id);
  if (before) query = query.where(sql<boolean>`(${at}, id) < (${before.at}, ${before.id}::bigint)`);
  return await query.execute();
}
