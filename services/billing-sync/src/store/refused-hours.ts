import { sql } from 'kysely';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import type { Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';

/** Statuses with a cause in the subscription or its plan, which a later change may remove. */
const CURABLE = ['ResourceNotFound', 'InvalidDimension', 'BadArgument'];

/** Sends refused hours of a subscription or a plan again, because something about it has changed. */
export async function requeueRefused(
  trx: Trx,
  filter: { readonly subscriptionId: string } | PlanKey,
  now: Date,
): Promise<void> {
  const isAffected =
    'subscriptionId' in filter
      ? sql<boolean>`subscription_id = ${filter.subscriptionId}`
      : sql<boolean>`plan_id = ${filter.planId} and subscription_id in (
          select id from subscriptions
          where publisher_id = ${filter.publisherId} and offer_id = ${filter.offerId})`;
  await trx
    .updateTable('usageHours')
    .set({ state: 'closed', nextAttemptAt: now, settledAt: null })
    .where('state', '=', 'refused')
    .where('hour', '>=', new Date(now.getTime() - USAGE_WINDOW_MS))
    .where('status', 'in', CURABLE)
    .where(isAffected)
    .execute();
}
