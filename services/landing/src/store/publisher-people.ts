import { sql, type Kysely, type Transaction } from 'kysely';
import type { LandingTables } from '../db/schema.ts';
import type { Identity } from './visits.ts';
import { MAX_MEMBERS, type KnownPerson, type Member } from './members.ts';

type Db = Kysely<LandingTables>;

export interface AccessRequest extends Identity {
  readonly subscriptionId: string;
  readonly askedAt: Date;
}

/** Requests that the worker does not know of yet, oldest first. */
export async function requestsToTell(db: Db, limit: number): Promise<AccessRequest[]> {
  const rows = await db
    .selectFrom('members')
    .select(['subscription_id', 'tenant_id', 'object_id', 'asked_at'])
    .where('role', 'is', null)
    .where('decided_at', 'is', null)
    .where('told_at', 'is', null)
    .orderBy('asked_at')
    .limit(limit)
    .execute();
  return rows.flatMap(({ subscription_id, tenant_id, object_id, asked_at }) =>
    asked_at
      ? [
          {
            subscriptionId: subscription_id,
            tenantId: tenant_id,
            objectId: object_id,
            askedAt: asked_at,
          },
        ]
      : [],
  );
}

/** When the request that has waited longest was made. */
export async function oldestRequest(db: Db): Promise<Date | undefined> {
  const row = await db
    .selectFrom('members')
    .select('asked_at')
    .where('role', 'is', null)
    .where('decided_at', 'is', null)
    .orderBy('asked_at')
    .limit(1)
    .executeTakeFirst();
  return row?.asked_at ?? undefined;
}

export async function recordTold(db: Db, request: AccessRequest, at: Date): Promise<void> {
  await db
    .updateTable('members')
    .set({ told_at: at })
    .where('subscription_id', '=', request.subscriptionId)
    .where('tenant_id', '=', request.tenantId)
    .where('object_id', '=', request.objectId)
    .where('asked_at', '=', request.askedAt)
    .execute();
}

/** Who has access and who asks for it, of one organisation, by object id. */
export async function peoplePageOf(
  db: Db,
  page: {
    readonly subscriptionId: string;
    readonly tenantId: string;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<Member[]> {
  let query = db
    .selectFrom('members')
    .selectAll()
    .where('subscription_id', '=', page.subscriptionId)
    .where('tenant_id', '=', page.tenantId)
    .where((is) => is.or([is('role', 'is not', null), is('decided_at', 'is', null)]))
    .orderBy('object_id')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('object_id', '>', page.after);
  return await query.execute();
}

/** Undecided requests of a publisher's subscriptions, or of all, oldest first. */
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
            .select('owning.object_id')
            .whereRef('owning.subscription_id', '=', 'asking.subscription_id')
            .whereRef('owning.tenant_id', '=', 'asking.tenant_id')
            .where('owning.role', '=', 'owner'),
        )
        .as('has_owner'),
    )
    .where('asking.role', 'is', null)
    .where('asking.decided_at', 'is', null)
    .orderBy('asking.asked_at')
    .orderBy('asking.subscription_id')
    .orderBy('asking.object_id')
    .limit(page.limit);
  if (page.publisherId !== undefined) {
    query = query.where('asking.publisher_id', '=', page.publisherId);
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

/** Stands for the publisher where an owner's object id would say who decided. */
const BY_PUBLISHER = 'publisher';

/** Makes a person an owner, whether they asked, had another role, were removed or never came. */
export async function putOwner(
  trx: Transaction<LandingTables>,
  owner: {
    readonly subscriptionId: string;
    readonly publisherId: string;
    readonly who: KnownPerson;
    readonly at: Date;
  },
): Promise<Member | 'too-many'> {
  const { subscriptionId, publisherId, who, at } = owner;
  const people = await lockPeople(trx, subscriptionId, who.tenantId);
  const known = people.find(({ object_id }) => object_id === who.objectId);
  const count = people.filter(({ role }) => role !== null).length;
  if (!known?.role && count >= MAX_MEMBERS) return 'too-many';
  const values = {
    role: 'owner',
    name: who.name ?? known?.name ?? null,
    email: who.email ?? known?.email ?? null,
    decided_at: at,
    decided_by: BY_PUBLISHER,
    publisher_id: publisherId,
  } as const;
  return await trx
    .insertInto('members')
    .values({
      subscription_id: subscriptionId,
      tenant_id: who.tenantId,
      object_id: who.objectId,
      asked_at: null,
      ...values,
    })
    .onConflict((conflict) =>
      conflict.columns(['subscription_id', 'tenant_id', 'object_id']).doUpdateSet(values),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Takes a role away or refuses a request; an organisation keeps its last owner. A request that a person of
 * an organisation before has left is refused as well: nobody else can answer it.
 */
export async function removePerson(
  trx: Transaction<LandingTables>,
  removal: { readonly subscriptionId: string; readonly who: Identity; readonly at: Date },
): Promise<'done' | 'unknown' | 'last-owner'> {
  const { subscriptionId, who, at } = removal;
  const people = await lockPeople(trx, subscriptionId, who.tenantId);
  const known = people.find(({ object_id }) => object_id === who.objectId);
  if (!known || (known.role === null && known.decided_at !== null)) {
    return (await refuseLeftRequest(trx, removal)) ? 'done' : 'unknown';
  }
  const isLast = !people.some((one) => one !== known && one.role === 'owner');
  if (known.role === 'owner' && isLast) return 'last-owner';
  await trx
    .updateTable('members')
    .set({ role: null, decided_at: at, decided_by: BY_PUBLISHER })
    .where('subscription_id', '=', subscriptionId)
    .where('tenant_id', '=', who.tenantId)
    .where('object_id', '=', who.objectId)
    .execute();
  return 'done';
}

async function refuseLeftRequest(
  trx: Transaction<LandingTables>,
  {
    subscriptionId,
    who,
    at,
  }: { readonly subscriptionId: string; readonly who: Identity; readonly at: Date },
): Promise<boolean> {
  const refused = await trx
    .updateTable('members')
    .set({ decided_at: at, decided_by: BY_PUBLISHER })
    .where('subscription_id', '=', subscriptionId)
    .where('object_id', '=', who.objectId)
    .where('role', 'is', null)
    .where('decided_at', 'is', null)
    .executeTakeFirst();
  return refused.numUpdatedRows > 0n;
}

async function lockPeople(
  trx: Transaction<LandingTables>,
  subscriptionId: string,
  tenantId: string,
): Promise<Member[]> {
  return await trx
    .selectFrom('members')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('tenant_id', '=', tenantId)
    .orderBy('object_id')
    .forUpdate()
    .execute();
}
