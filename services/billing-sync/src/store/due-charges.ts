import { sql, type Selectable } from 'kysely';
import type { RecurringChargesTable, Trx } from '../db/schema.ts';
import type { PlanKey } from './catalogue.ts';

export type ChargeRow = Selectable<RecurringChargesTable>;

/** A quantity that is due for one subscription. */
export interface DueRun {
  readonly chargeId: string;
  readonly subscriptionId: string;
  /** With the charge and the subscription, the key of the run. */
  readonly dueAt: Date;
  /** When the usage counts. It differs from `dueAt` on the first day of a term, because terms may begin at midnight. */
  readonly usedAt: Date;
  /** The subscription's status at that time; null if it had not begun. */
  readonly status: string | null;
}

export interface FinishedRun extends Pick<DueRun, 'chargeId' | 'subscriptionId' | 'dueAt'> {
  readonly outcome: 'taken' | 'missed' | 'refused' | 'skipped';
  readonly reason: string | null;
}

/** Claims due charges until the end of the transaction, the earliest first. Those of other processes are left out. */
export async function claimCharges(trx: Trx, now: Date, limit: number): Promise<ChargeRow[]> {
  return await trx
    .selectFrom('recurringCharges')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('nextAt', '<=', now)
    .orderBy('nextAt')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Locks the scheduled charges of a plan until the end of the transaction. */
export async function lockChargesOfPlan(trx: Trx, plan: PlanKey): Promise<ChargeRow[]> {
  return await trx
    .selectFrom('recurringCharges')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('subscriptionId', 'is', null)
    .where('publisherId', 'in', ['', plan.publisherId])
    .where('offerId', '=', plan.offerId)
    .where('planId', '=', plan.planId)
    .where('every', '<>', 'term')
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Makes a charge due again from a moment on. Runs that exist are not repeated. */
export async function repeatCharge(trx: Trx, id: string, from: Date): Promise<void> {
  await trx.updateTable('recurringCharges').set({ nextAt: from }).where('id', '=', id).execute();
}

/**
 * What is due for claimed charges and has no run yet, in the order of the charges. A charge of a plan is due for the
 * subscriptions that had the plan and were Subscribed at that time. With `every: term`, each term is due that began since
 * the charge's start, under the plan with which it began. A term that began up to a day before counts if Landfall saw it
 * only afterwards, because terms may begin at midnight.
 */
export async function dueRuns(
  trx: Trx,
  charges: readonly ChargeRow[],
  of: { readonly now: Date; readonly limit: number },
): Promise<DueRun[]> {
  const ids = charges.map(({ id }) => id);
  const { rows } = await sql<DueRun>`
    select c.id as "chargeId", s.id as "subscriptionId", run.due_at as "dueAt",
      run.used_at as "usedAt", run.status
    from unnest(${ids}::uuid[]) with ordinality as claimed (id, place)
    join recurring_charges c on c.id = claimed.id
    cross join lateral (
      select id, purchased_at from subscriptions where id = c.subscription_id
      union all
      select id, purchased_at from subscriptions
      where c.subscription_id is null and offer_id = c.offer_id
        and (c.publisher_id = '' or publisher_id = c.publisher_id)) as s
    cross join lateral (
      select c.next_at as due_at, c.next_at as used_at, standing.status, standing.plan_id
      from (select where c.every <> 'term') as scheduled
      left join lateral (
        select status, plan_id from subscription_versions
        where subscription_id = s.id and occurred_at <= c.next_at
        order by version desc limit 1) as standing on true
      union all
      select term.term_start,
        least(greatest(term.term_start, s.purchased_at), greatest(term.term_start, term.occurred_at)),
        'Subscribed', term.plan_id
      from (
        select distinct on (term_start) term_start, occurred_at, plan_id from subscription_versions
        where c.every = 'term' and subscription_id = s.id and status = 'Subscribed'
          and term_start <= ${of.now}
        order by term_start, version) as term
      where (c.until_at is null or term.term_start < c.until_at)
        and (term.term_start >= c.from_at
          or (term.term_start >= c.from_at - interval '1 day' and term.occurred_at >= c.from_at))
      ) as run
    where (c.subscription_id is not null or (run.plan_id = c.plan_id and run.status = 'Subscribed'))
      and not exists (select from recurring_runs r
        where r.charge_id = c.id and r.due_at = run.due_at and r.subscription_id = s.id)
    order by claimed.place, s.id, run.due_at
    limit ${of.limit}
  `.execute(trx);
  return rows;
}

/** A run is written once: a repetition after a crash keeps the first. */
export async function saveRuns(trx: Trx, runs: readonly FinishedRun[], now: Date): Promise<void> {
  if (runs.length === 0) return;
  await trx
    .insertInto('recurringRuns')
    .values(runs.map((run) => ({ ...run, ranAt: now })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Moves claimed charges on. A charge of a subscription that had ended at its latest moment has no next one; `handledAt` is
 * that moment.
 */
export async function moveOn(
  trx: Trx,
  charges: readonly {
    readonly id: string;
    readonly handledAt: Date;
    readonly nextAt: Date | undefined;
  }[],
): Promise<void> {
  const ids = charges.map(({ id }) => id);
  const handled = charges.map(({ handledAt }) => handledAt);
  const next = charges.map(({ nextAt }) => nextAt ?? null);
  await sql`
    update recurring_charges c
    set next_at = case when not exists (
      select from subscriptions where id = c.subscription_id and ended_at <= given.handled_at)
      then given.next_at end
    from unnest(${ids}::uuid[], ${handled}::timestamptz[], ${next}::timestamptz[])
      as given (id, handled_at, next_at)
    where c.id = given.id
  `.execute(trx);
}
