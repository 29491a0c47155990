import { sql } from 'kysely';
import type { Trx } from '../db/schema.ts';
import type { HourKey } from './hours.ts';
import { windowStart } from './submissions.ts';

/** An hour that was given up. */
export interface ExpiredHour extends HourKey {
  readonly publisherId: string;
  readonly planId: string;
  /** Decimal text. */
  readonly quantity: string;
  readonly status: string;
  readonly attempts: number;
  readonly problem: string;
  readonly isTest: boolean;
}

/**
 * Gives up rated hours that Microsoft no longer accepts. A row that may have reached Microsoft without an answer gets the
 * problem `outcome-unknown`, because Microsoft may have counted it.
 */
export async function expireHours(trx: Trx, now: Date, limit: number): Promise<ExpiredHour[]> {
  const isUnknown = sql`(h.in_doubt or h.state = 'sending')`;
  const expired = await sql<ExpiredHour>`
    with gone as (
      select subscription_id, dimension, hour from usage_hours
      where (state in ('closed', 'held') or (state = 'sending' and next_attempt_at <= ${now}))
        and last_used_at < ${windowStart(now)}
      order by last_used_at limit ${limit} for update skip locked
    )
    update usage_hours h set state = 'writtenOff', sealed = true, next_attempt_at = null,
      settled_at = ${now}, status = coalesce(h.status, 'Expired'),
      billed = case when not ${isUnknown} then 0 end, in_doubt = ${isUnknown},
      problem = case when ${isUnknown} then 'outcome-unknown'
                     when h.state = 'held' then 'not-active' else 'expired' end,
      published_outcome = 'writtenOff'
    from gone g
    where h.subscription_id = g.subscription_id and h.dimension = g.dimension and h.hour = g.hour
    returning h.subscription_id, h.dimension, h.hour, h.publisher_id, h.plan_id,
      h.reported as quantity, h.status, h.attempts, h.problem,
      coalesce((select s.is_test from subscriptions s where s.id = h.subscription_id), false)
        as is_test`.execute(trx);
  return expired.rows;
}
