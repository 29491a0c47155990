import { sql } from 'kysely';
import { CURED_BY_PLAN, CURED_BY_SUBSCRIPTION } from '@landfall/domain/usage-fate';
import type { Trx } from '../db/schema.ts';
import { knownDimensions, type PlanKey } from './catalogue.ts';
import type { HourKey } from './hours.ts';
import { windowStart } from './submissions.ts';

/** Locks an hour; undefined if there is none. */
export async function lockHour(trx: Trx, key: HourKey) {
  return await trx
    .selectFrom('usageHours')
    .select(['state', 'status', 'problem', 'lastUsedAt'])
    .where('subscriptionId', '=', key.subscriptionId)
    .where('dimension', '=', key.dimension)
    .where('hour', '=', key.hour)
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Makes a refused hour due again and keeps the reason with it. Its quantity does not change, because Microsoft may have
 * counted an earlier call.
 */
export async function resendHour(
  trx: Trx,
  key: HourKey,
  { reason, now }: { readonly reason: string; readonly now: Date },
): Promise<void> {
  await trx
    .updateTable('usageHours')
    .set({
      state: 'closed',
      problem: null,
      settledAt: null,
      billed: null,
      nextAttemptAt: now,
      resentBecause: reason,
    })
    .where('subscriptionId', '=', key.subscriptionId)
    .where('dimension', '=', key.dimension)
    .where('hour', '=', key.hour)
    .execute();
}

/**
 * Sends refused hours again, once, after a change that can make Microsoft accept them. It takes only hours that Microsoft
 * still accepts, with a status that such a change can cure. A change of a plan can cure only hours of dimensions that the
 * plan has now. An hour that is refused again waits for the next change. Call it in the transaction that saves the change,
 * after the change.
 */
export async function requeueRefused(
  trx: Trx,
  filter: { readonly subscriptionId: string } | PlanKey,
  now: Date,
): Promise<void> {
  if ('subscriptionId' in filter) {
    await requeue(trx, {
      now,
      statuses: CURED_BY_SUBSCRIPTION,
      condition: sql`h.subscription_id = ${filter.subscriptionId}`,
    });
    return;
  }
  const known = (await knownDimensions(trx, [filter]))(filter);
  if (!known || known.size === 0) return;
  const { publisherId, offerId, planId } = filter;
  await requeue(trx, {
    now,
    statuses: CURED_BY_PLAN,
    condition: sql`h.plan_id = ${planId} and h.dimension = any(${[...known]}::text[])
      and exists (select from subscriptions s where s.id = h.subscription_id
        and s.offer_id = ${offerId} and s.publisher_id = ${publisherId})`,
  });
}

async function requeue(
  trx: Trx,
  of: {
    readonly now: Date;
    readonly statuses: readonly string[];
    readonly condition: ReturnType<typeof sql>;
  },
): Promise<void> {
  const { now, statuses, condition } = of;
  // A row that made Microsoft refuse the whole call got no status of its own.
  const status = sql`coalesce(h.status,
    case when h.problem = 'marketplace.bad-request' then 'BadArgument' end)`;
  await sql`
    update usage_hours h set state = 'closed', next_attempt_at = ${now}, settled_at = null,
      problem = null, billed = null
    where h.state = 'refused' and ${status} = any(${[...statuses]}::text[])
      and h.hour >= ${windowHour(now)} and h.last_used_at >= ${windowStart(now)}
      and ${condition}`.execute(trx);
}

/** Hours before this one hold no usage that Microsoft still accepts. */
function windowHour(now: Date): Date {
  return new Date(windowStart(now).getTime() - 60 * 60 * 1000);
}
