import type { Db, Identity, Trx } from '../db/schema.ts';
import { MAX_MEMBERS, type KnownPerson, type Member } from './members.ts';

/** The people of one organisation who have access or requested it, sorted by object id. */
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
    .where('subscriptionId', '=', page.subscriptionId)
    .where('tenantId', '=', page.tenantId)
    .where((is) => is.or([is('role', 'is not', null), is('decidedAt', 'is', null)]))
    .orderBy('objectId')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('objectId', '>', page.after);
  return await query.execute();
}

/** Stored in `decided_by`, in place of an owner's object id, when the publisher decided. */
const BY_PUBLISHER = 'publisher';

type Named = Pick<Member, 'tenantId' | 'objectId' | 'name' | 'email'>;

/**
 * Makes a person an owner, even if they had another role, were removed, or never visited. Returns the person, their role until
 * now, and all owners afterwards.
 */
export async function putOwner(
  trx: Trx,
  owner: {
    readonly subscriptionId: string;
    readonly publisherId: string;
    readonly who: KnownPerson;
    readonly at: Date;
    /** Changes nothing and returns what it would. */
    readonly dryRun: boolean;
  },
): Promise<
  | {
      readonly owner: Named;
      readonly roleBefore: Member['role'];
      readonly owners: readonly Named[];
    }
  | 'too-many'
> {
  const { subscriptionId, publisherId, who, at, dryRun } = owner;
  const people = await lockPeople(trx, subscriptionId, who.tenantId);
  const known = people.find(({ objectId }) => objectId === who.objectId);
  const count = people.filter(({ role }) => role !== null).length;
  if (!known?.role && count >= MAX_MEMBERS) return 'too-many';
  const named = {
    tenantId: who.tenantId,
    objectId: who.objectId,
    name: who.name ?? known?.name ?? null,
    email: who.email ?? known?.email ?? null,
  };
  const others = people.filter((one) => one !== known && one.role === 'owner');
  const outcome = { owner: named, roleBefore: known?.role ?? null, owners: [...others, named] };
  if (dryRun) return outcome;
  const values = {
    role: 'owner',
    name: named.name,
    email: named.email,
    decidedAt: at,
    decidedBy: BY_PUBLISHER,
    publisherId,
  } as const;
  await trx
    .insertInto('members')
    .values({
      subscriptionId,
      tenantId: who.tenantId,
      objectId: who.objectId,
      askedAt: null,
      ...values,
    })
    .onConflict((conflict) =>
      conflict.columns(['subscriptionId', 'tenantId', 'objectId']).doUpdateSet(values),
    )
    .execute();
  return outcome;
}

/**
 * Removes a role or refuses a request. The last owner of an organisation cannot be removed. It also refuses a
 * request that remains from a person of a previous organisation, because no one else can answer that one.
 */
export async function removePerson(
  trx: Trx,
  removal: {
    readonly subscriptionId: string;
    readonly who: Identity;
    readonly at: Date;
    /** Changes nothing and returns whom it would remove. */
    readonly dryRun: boolean;
  },
): Promise<Member | 'unknown' | 'last-owner'> {
  const { subscriptionId, who, at, dryRun } = removal;
  const people = await lockPeople(trx, subscriptionId, who.tenantId);
  const known = people.find(({ objectId }) => objectId === who.objectId);
  if (!known || (known.role === null && known.decidedAt !== null)) {
    return (await refuseLeftRequest(trx, removal)) ?? 'unknown';
  }
  const isLast = !people.some((one) => one !== known && one.role === 'owner');
  if (known.role === 'owner' && isLast) return 'last-owner';
  if (dryRun) return known;
  await trx
    .updateTable('members')
    .set({ role: null, decidedAt: at, decidedBy: BY_PUBLISHER })
    .where('subscriptionId', '=', subscriptionId)
    .where('tenantId', '=', who.tenantId)
    .where('objectId', '=', who.objectId)
    .execute();
  return known;
}

async function refuseLeftRequest(
  trx: Trx,
  { subscriptionId, who, at, dryRun }: Parameters<typeof removePerson>[1],
): Promise<Member | undefined> {
  const left = await trx
    .selectFrom('members')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('objectId', '=', who.objectId)
    .where('role', 'is', null)
    .where('decidedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!left || dryRun) return left;
  await trx
    .updateTable('members')
    .set({ decidedAt: at, decidedBy: BY_PUBLISHER })
    .where('subscriptionId', '=', subscriptionId)
    .where('objectId', '=', who.objectId)
    .where('role', 'is', null)
    .where('decidedAt', 'is', null)
    .execute();
  return left;
}

async function lockPeople(trx: Trx, subscriptionId: string, tenantId: string): Promise<Member[]> {
  return await trx
    .selectFrom('members')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('tenantId', '=', tenantId)
    .orderBy('objectId')
    .forUpdate()
    .execute();
}
