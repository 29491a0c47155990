import { sql } from 'kysely';
import { EVENT_MATTER_DAYS } from '@landfall/contracts/matters';
import { found, type Found } from '@landfall/service-kit/matters';
import type { Trx } from '../../db/schema.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Changes that we refused and Microsoft made, unless they were changed back. Index: operations_overruled. */
export async function overruledRefusals(
  trx: Trx,
  limit: number,
  now: Date,
): Promise<readonly Found[]> {
  const statement = sql`
    select o.subscription_id || ' ' || o.operation_id as key, o.operation_id as subject_id,
      o.subscription_id, s.publisher_id, s.offer_id, o.settled_at as since,
      jsonb_build_object('action', o.action) as params
    from operations o join subscriptions s on s.id = o.subscription_id
    where o.outcome = 'overruled' and o.settled_at >= ${recent(now)}
      and not exists (select from changes c where c.subscription_id = o.subscription_id
        and c.compensates = o.operation_id and c.state = 'succeeded')`;
  return await found(trx, statement, { ...operation, severity: 'warning', limit });
}

const operation = { about: 'operation', isNewestFirst: true } as const;

/** What the timeline notes about notifications that cannot be taken as they are. Index: timeline_doubts. */
const notes = {
  withoutTarget: sql`t.kind = 'operationUnconfirmed' and t.details ->> 'reason' in ('no-target', 'quantity-impossible')`,
  contradicted: sql`t.kind in ('operationContradicted', 'publisherContradicted')`,
  unconfirmed: sql`t.kind = 'operationUnconfirmed'
    and coalesce(t.details ->> 'reason', '') not in ('no-target', 'quantity-impossible')`,
  unknownAction: sql`t.kind = 'actionUnrecognised'`,
} as const;

export async function notedOperations(
  trx: Trx,
  limit: number,
  { note, now }: { readonly note: keyof typeof notes; readonly now: Date },
): Promise<readonly Found[]> {
  const statement = sql`
    select t.sequence::text as key, coalesce(t.operation_id, t.subscription_id) as subject_id,
      t.subscription_id, s.publisher_id, s.offer_id, t.at as since,
      jsonb_build_object('action', coalesce(t.details ->> 'action', o.action)) as params
    from timeline t
      left join subscriptions s on s.id = t.subscription_id
      left join operations o on o.subscription_id = t.subscription_id and o.operation_id = t.operation_id
    where t.kind in ('operationUnconfirmed', 'operationContradicted', 'publisherContradicted', 'actionUnrecognised')
      and t.at >= ${recent(now)} and ${notes[note]}`;
  return await found(trx, statement, { ...operation, severity: 'warning', limit });
}

/** Changes that ended without success. Those that a rule refused are no failure. Index: changes_failed. */
export async function failedChanges(trx: Trx, limit: number, now: Date): Promise<readonly Found[]> {
  const statement = sql`
    select c.id::text as key, c.id::text as subject_id, c.subscription_id, s.publisher_id, s.offer_id,
      c.settled_at as since, jsonb_build_object('change', c.kind, 'plan', coalesce(c.plan_id, ''),
        'seats', coalesce(c.quantity, 0), 'failure', coalesce(c.failure, '')) as params
    from changes c join subscriptions s on s.id = c.subscription_id
    where c.state = 'failed' and c.settled_at >= ${recent(now)} and c.decision_reason is null`;
  return await found(trx, statement, {
    about: 'change',
    severity: 'warning',
    isNewestFirst: true,
    limit,
  });
}

function recent(now: Date): Date {
  return new Date(now.getTime() - EVENT_MATTER_DAYS * DAY_MS);
}
