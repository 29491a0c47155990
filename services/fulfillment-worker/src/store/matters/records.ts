import { sql } from 'kysely';
import { found, type Found } from '@landfall/service-kit/matters';
import type { Trx } from '../../db/schema.ts';

/** A run that fails is resumed within minutes. After an hour a person should look. */
const FAILING_MINUTES = 60;

const SUBSCRIPTION = sql`s.id as key, s.id as subject_id, s.id as subscription_id, s.publisher_id, s.offer_id`;

/** Notified changes that Microsoft's record does not show. Index: expectations_missing. */
export async function missingEffects(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select e.subscription_id || ' ' || e.key as key, e.subscription_id as subject_id,
      e.subscription_id, s.publisher_id, s.offer_id, e.missing_since as since,
      jsonb_build_object('action', e.action) as params
    from expectations e join subscriptions s on s.id = e.subscription_id
    where e.state = 'missing' and e.missing_since is not null`;
  return await found(trx, statement, { about: 'subscription', severity: 'warning', limit });
}

/** Subscriptions that Microsoft no longer knows. Index: subscriptions_missing. */
export async function unknownSubscriptions(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select ${SUBSCRIPTION}, s.missing_at as since, '{}'::jsonb as params from subscriptions s
    where s.missing_at is not null and s.status <> 'Unsubscribed'`;
  return await found(trx, statement, { about: 'subscription', severity: 'warning', limit });
}

/** Subscriptions with a status of Microsoft's that Landfall does not know. Index: subscriptions_unrecognised. */
export async function unrecognisedStatuses(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select ${SUBSCRIPTION}, s.updated_at as since,
      jsonb_build_object('status', s.state ->> 'unrecognisedStatus') as params
    from subscriptions s where s.state ->> 'unrecognisedStatus' is not null`;
  return await found(trx, statement, { about: 'subscription', severity: 'warning', limit });
}

/**
 * Differences that the newest complete run of a publisher found and could not heal. Indexes: reconciliation_newest_of_publisher,
 * tasks_of_run.
 */
export async function unhealedDrift(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select t.subscription_id as key, t.subscription_id as subject_id, t.subscription_id,
      coalesce(s.publisher_id, run.publisher_id) as publisher_id, s.offer_id, t.done_at as since,
      jsonb_build_object('difference', coalesce((
        select found ->> 'detail' from jsonb_array_elements(run.findings) as found
        where found ->> 'subscriptionId' = t.subscription_id limit 1), '')) as params
    from (${lastRuns(sql`state = 'completed'`)}) as run
      join tasks t on t.run_id = run.id and t.kind = 'converge' and t.unhealed
      left join subscriptions s on s.id = t.subscription_id`;
  return await found(trx, statement, { about: 'subscription', severity: 'critical', limit });
}

/** Publishers with failing reconciliations. `sole` is shown for a publisher without an id. */
export async function failingReconciliations(
  trx: Trx,
  limit: number,
  { sole, now }: { readonly sole: string; readonly now: Date },
): Promise<readonly Found[]> {
  const before = new Date(now.getTime() - FAILING_MINUTES * 60_000);
  const statement = sql`
    select coalesce(run.publisher_id, ${sole}) as key, coalesce(run.publisher_id, ${sole}) as subject_id,
      run.publisher_id, null as subscription_id, run.started_at as since,
      jsonb_build_object('publisher', coalesce(run.publisher_id, ${sole}),
        'failure', coalesce(run.failure, '')) as params
    from (${lastRuns(sql`state <> 'running'`)}) as run
    where run.state = 'failed' and run.started_at <= ${before}`;
  return await found(trx, statement, { about: 'publisher', severity: 'warning', limit });
}

/** The newest run of each publisher. Dry runs heal nothing and do not count. */
function lastRuns(condition: ReturnType<typeof sql>) {
  return sql`
    select newest.* from (select distinct publisher_id from reconciliation_runs) as known
      cross join lateral (select id, publisher_id, state, started_at, failure, findings
        from reconciliation_runs r where r.publisher_id is not distinct from known.publisher_id
          and not r.dry_run and ${condition}
        order by r.started_at desc, r.id desc limit 1) as newest`;
}
