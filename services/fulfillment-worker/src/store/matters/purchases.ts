import { sql } from 'kysely';
import { found, type Found, type FoundRow } from '@landfall/service-kit/matters';
import type { Trx } from '../../db/schema.ts';

/** A purchase that is still not set up on its 25th day needs somebody who calls the customer. */
const CONFIGURATION_DAYS = 5;
/** Long enough to reach the customer's accounting. */
const SUSPENSION_DAYS = 7;
/** Monthly terms renew all the time, so only longer ones are announced. */
const RENEWAL_DAYS = 14;
const TRIAL_DAYS = 3;
/** With this little time left, it is critical. */
const LAST_DAYS = 1;
/** Products answer in seconds. After this time a person should look. */
const PRODUCT_PATIENCE_MINUTES = 15;

const DAY_MS = 24 * 60 * 60 * 1000;
const OFFER = sql`jsonb_build_object('offer', s.offer_id, 'plan', s.plan_id)`;
const SUBSCRIPTION = sql`s.id as key, s.id as subject_id, s.id as subscription_id, s.publisher_id, s.offer_id`;
const IS_PENDING = sql`s.status in ('PendingFulfillmentStart', 'NotStarted')`;

/** Purchases with a failed activation. Index: subscriptions_activating. */
export async function failedActivations(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select ${SUBSCRIPTION}, s.updated_at as since, t.deadline as due_at,
      ${OFFER} || jsonb_build_object('failure', s.state #>> '{activation,failure}',
        'why', case s.state #>> '{activation,failure}' when 'not-found' then 'notFound'
          when 'not-confirmed' then 'notConfirmed' when 'product-silent' then 'productSilent'
          else s.state #>> '{activation,failure}' end) as params
    from subscriptions s
      left join timers t on t.subscription_id = s.id and t.kind = 'configurationEnd'
    where s.activation = 'failed' and ${IS_PENDING}`;
  return await found(trx, statement, { about: 'subscription', severity: 'critical', limit });
}

/** Purchases that Microsoft voids soon, because nobody has set them up. Index: timers_by_deadline. */
export async function unconfiguredPurchases(
  trx: Trx,
  limit: number,
  now: Date,
): Promise<readonly Found[]> {
  const until = new Date(now.getTime() + CONFIGURATION_DAYS * DAY_MS);
  const statement = sql`
    select ${SUBSCRIPTION}, s.created_at as since, t.deadline as due_at, ${OFFER} as params
    from timers t join subscriptions s on s.id = t.subscription_id
    where t.kind = 'configurationEnd' and t.deadline <= ${until} and s.activation = 'none'
      and ${IS_PENDING}`;
  return await found(trx, statement, {
    about: 'subscription',
    severity: lastDays(now, 'warning'),
    limit,
  });
}

/** Purchases that wait for the publisher's decision. Index: subscriptions_activating. */
export async function waitingApprovals(
  trx: Trx,
  limit: number,
  now: Date,
): Promise<readonly Found[]> {
  const until = new Date(now.getTime() + CONFIGURATION_DAYS * DAY_MS);
  const statement = sql`
    select ${SUBSCRIPTION}, (s.state #>> '{activation,requestedAt}')::timestamptz as since,
      t.deadline as due_at, ${OFFER} as params
    from subscriptions s
      left join timers t on t.subscription_id = s.id and t.kind = 'configurationEnd'
    where s.activation = 'awaiting-approval' and ${IS_PENDING}`;
  const severity = ({ dueAt }: FoundRow) => (dueAt && dueAt <= until ? 'critical' : 'warning');
  return await found(trx, statement, { about: 'subscription', severity, limit });
}

/** Workspaces that the product was asked for and has not confirmed. Index: subscriptions_provisioning. */
export async function waitingProvisioning(
  trx: Trx,
  limit: number,
  now: Date,
): Promise<readonly Found[]> {
  const before = new Date(now.getTime() - PRODUCT_PATIENCE_MINUTES * 60_000).toISOString();
  const statement = sql`
    select ${SUBSCRIPTION}, (s.state #>> '{provisioning,requestedAt}')::timestamptz as since,
      (s.state #>> '{provisioning,dueAt}')::timestamptz as due_at, ${OFFER} as params
    from subscriptions s
    where s.provisioning = 'requested' and s.state #>> '{provisioning,requestedAt}' <= ${before}
      and s.status <> 'Unsubscribed'`;
  return await found(trx, statement, {
    about: 'subscription',
    severity: lastDays(now, 'warning'),
    limit,
  });
}

/** Active subscriptions without a workspace. A pending purchase shows as a failed activation. Index: subscriptions_provisioning. */
export async function failedProvisioning(trx: Trx, limit: number): Promise<readonly Found[]> {
  const statement = sql`
    select ${SUBSCRIPTION}, s.updated_at as since,
      ${OFFER} || jsonb_build_object('failure', s.state #>> '{provisioning,failure}',
        'why', case s.state #>> '{provisioning,failure}' when 'product-silent' then 'productSilent'
          else s.state #>> '{provisioning,failure}' end) as params
    from subscriptions s
    where s.provisioning = 'failed' and s.status in ('Subscribed', 'Suspended')`;
  return await found(trx, statement, { about: 'subscription', severity: 'critical', limit });
}

/** Suspended subscriptions that Microsoft ends soon. Index: timers_by_deadline. */
export async function endingSuspensions(
  trx: Trx,
  limit: number,
  now: Date,
): Promise<readonly Found[]> {
  const until = new Date(now.getTime() + SUSPENSION_DAYS * DAY_MS);
  const statement = sql`
    select ${SUBSCRIPTION}, s.updated_at as since, t.deadline as due_at, ${OFFER} as params
    from timers t join subscriptions s on s.id = t.subscription_id
    where t.kind = 'suspensionEnd' and t.deadline <= ${until} and s.status = 'Suspended'`;
  return await found(trx, statement, {
    about: 'subscription',
    severity: lastDays(now, 'warning'),
    limit,
  });
}

/** Terms of more than a month that renew soon. Index: subscriptions_by_end. */
export async function renewalsAhead(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select ${endingSince(RENEWAL_DAYS)}, ${OFFER} as params from subscriptions s
    where ${endsWithin(now, RENEWAL_DAYS)} and not ${IS_TRIAL}
      and (s.state ->> 'autoRenew')::boolean and s.state #>> '{term,termUnit}' <> 'P1M'`;
  return await found(trx, statement, { about: 'subscription', severity: 'info', limit });
}

/** Free trials that become paid subscriptions soon. Index: subscriptions_by_end. */
export async function endingTrials(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select ${endingSince(TRIAL_DAYS)}, ${OFFER} as params from subscriptions s
    where ${endsWithin(now, TRIAL_DAYS)} and ${IS_TRIAL} and (s.state ->> 'autoRenew')::boolean`;
  return await found(trx, statement, { about: 'subscription', severity: 'info', limit });
}

/**
 * A term has one matter, so the key names its end. It is announced since that many days before the end: beyond the limit, the
 * next to end are listed, and a change of the subscription does not move it out of the list.
 */
function endingSince(days: number) {
  return sql`s.id || ' ' || s.ends_key as key, s.id as subject_id, s.id as subscription_id,
    s.publisher_id, s.offer_id, s.ends_key::timestamptz - make_interval(days => ${days}) as since,
    s.ends_key::timestamptz as due_at`;
}

const IS_TRIAL = sql`coalesce((s.state ->> 'isFreeTrial')::boolean, false)`;

/** `ends_key` is ISO text, and `~` sorts after all dates. */
function endsWithin(now: Date, days: number) {
  const until = new Date(now.getTime() + days * DAY_MS);
  return sql`s.status = 'Subscribed' and s.ends_key > ${now.toISOString()}
    and s.ends_key <= ${until.toISOString()}`;
}

function lastDays(now: Date, usual: 'warning') {
  return ({ dueAt }: FoundRow) =>
    dueAt && dueAt.getTime() - now.getTime() <= LAST_DAYS * DAY_MS ? 'critical' : usual;
}
