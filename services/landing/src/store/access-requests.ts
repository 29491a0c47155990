import { sql } from 'kysely';
import type { Db, Identity, Trx } from '../db/schema.ts';
import { MAX_WAITING, type KnownPerson } from './members.ts';

export interface AccessRequest extends Identity {
  readonly subscriptionId: string;
  readonly askedAt: Date;
}

/** Stores a request for access. Returns false if there is one already, or if too many are waiting. */
export async function insertRequest(
  db: Db,
  asking: {
    readonly subscriptionId: string;
    readonly publisherId: string;
    readonly who: KnownPerson;
    readonly at: Date;
    /** After a refusal before this time, the person may request access again. */
    readonly refusedBefore: Date;
  },
): Promise<boolean> {
  const { subscriptionId, publisherId, who, at, refusedBefore } = asking;
  const { rows } = await sql<{ objectId: string }>`
    insert into members (subscription_id, publisher_id, tenant_id, object_id, name, email, asked_at)
    select ${subscriptionId}, ${publisherId}, ${who.tenantId}, ${who.objectId}, ${who.name ?? null},
      ${who.email ?? null}, ${at}::timestamptz
    where (select count(*) from members where subscription_id = ${subscriptionId}
      and tenant_id = ${who.tenantId} and role is null and decided_at is null) < ${MAX_WAITING}
    on conflict (subscription_id, tenant_id, object_id) do update
      set asked_at = excluded.asked_at, decided_at = null, decided_by = null, told_at = null,
        publisher_id = excluded.publisher_id,
        name = excluded.name, email = excluded.email
      where members.role is null and members.decided_at < ${refusedBefore}::timestamptz
    returning object_id`.execute(db);
  return rows.length === 1;
}

/** Requests that were not sent to the worker yet, oldest first. */
export async function unsentRequests(db: Db, limit: number): Promise<AccessRequest[]> {
  const rows = await db
    .selectFrom('members')
    .select(['subscriptionId', 'tenantId', 'objectId', 'askedAt'])
    .where('role', 'is', null)
    .where('decidedAt', 'is', null)
    .where('toldAt', 'is', null)
    .orderBy('askedAt')
    .limit(limit)
    .execute();
  return rows.flatMap(({ subscriptionId, tenantId, objectId, askedAt }) =>
    askedAt
      ? [
          {
            subscriptionId,
            tenantId,
            objectId,
            askedAt,
          },
        ]
      : [],
  );
}

/** When the oldest open request was made. */
export async function oldestRequest(db: Db): Promise<Date | undefined> {
  const row = await db
    .selectFrom('members')
    .select('askedAt')
    .where('role', 'is', null)
    .where('decidedAt', 'is', null)
    .orderBy('askedAt')
    .limit(1)
    .executeTakeFirst();
  return row?.askedAt ?? undefined;
}

export async function recordSent(db: Db, request: AccessRequest, at: Date): Promise<void> {
  await db
    .updateTable('members')
    .set({ toldAt: at })
    .where('subscriptionId', '=', request.subscriptionId)
    .where('tenantId', '=', request.tenantId)
    .where('objectId', '=', request.objectId)
    .where('askedAt', '=', request.askedAt)
    .execute();
}

/** Open requests for the subscriptions of one publisher, or of all of them, oldest first. */
export async function waitingPageOf(
  db: Db,
  page: {
    readonly publisherId: string | undefined;
    readonly after: readonly [at: string, subscriptionId: string, objectId: string] | undefined;
    readonly limit: number;
  },
) {
  let query = db
    .selectFrom('members as asking')
    .selectAll()
    .select((is) =>
      is
        .exists(
          is
            .selectFrom('members as owning')
            .select('owning.objectId')
            .whereRef('owning.subscriptionId', '=', 'asking.subscriptionId')
            .whereRef('owning.tenantId', '=', 'asking.tenantId')
            .where('owning.role', '=', 'owner'),
        )
        .as('hasOwner'),
    )
    .where('asking.role', 'is', null)
    .where('asking.decidedAt', 'is', null)
    .orderBy('asking.askedAt')
    .orderBy('asking.subscriptionId')
    .orderBy('asking.objectId')
    .limit(page.limit);
  if (page.publisherId !== undefined) {
    query = query.where('asking.publisherId', '=', page.publisherId);
  }
  if (page.after) {
    const [at, subscriptionId, objectId] = page.after;
    query = query.where(
      sql<boolean>`(asked_at, subscription_id, object_id)
        > (${at}::timestamptz, ${subscriptionId}, ${objectId})`,
    );
  }
  return await query.execute();
}

export interface Waiting {
  readonly subscriptionId: string;
  readonly publisherId: string | null;
  /** When the oldest open request was made. */
  readonly since: Date;
  readonly people: number;
  readonly hasOwner: boolean;
}

/**
 * Subscriptions with requests from before `before`, or with any request if there is no owner who could decide: the oldest ones
 * of each publisher. Reads the index `members_waiting`, which holds only open requests.
 */
export async function longWaiting(
  trx: Trx,
  before: Date,
  limit: number,
): Promise<readonly Waiting[]> {
  const { rows } = await sql<Waiting>`
    select subscription_id, publisher_id, since, people, has_owner from (
      select *, row_number() over (partition by publisher_id order by since) as place
      from (
        select asking.subscription_id, max(asking.publisher_id) as publisher_id,
          min(asking.asked_at) as since, count(*)::int as people,
          bool_and(exists (
            select from members as owning
            where owning.subscription_id = asking.subscription_id
              and owning.tenant_id = asking.tenant_id and owning.role = 'owner')) as has_owner
        from members as asking
        where asking.role is null and asking.decided_at is null and asking.asked_at is not null
        group by asking.subscription_id
      ) as waiting
      where since <= ${before} or not has_owner
    ) as placed where place <= ${limit}`.execute(trx);
  return rows;
}
