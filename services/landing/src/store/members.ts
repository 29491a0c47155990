import { sql, type Selectable } from 'kysely';
import type { Db, Identity, MembersTable, Role, Trx } from '../db/schema.ts';

export type Member = Selectable<MembersTable>;

/** A person with the name and address that the list of people shows. */
export interface KnownPerson extends Identity {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** Few enough for one person to keep track of. Larger organisations manage groups in the product. */
export const MAX_MEMBERS = 200;
/** Anyone in a large tenant can request access, so this keeps the list short enough to be read. */
export const MAX_WAITING = 50;

export async function findMember(
  db: Db,
  subscriptionId: string,
  who: Identity,
): Promise<Member | undefined> {
  return await db
    .selectFrom('members')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('tenantId', '=', who.tenantId)
    .where('objectId', '=', who.objectId)
    .executeTakeFirst();
}

/** Returns true if the person is now an owner. People who already have a row, even removed ones, keep what it says. */
export async function foundOwner(
  db: Db,
  founding: { readonly subscriptionId: string; readonly who: KnownPerson; readonly at: Date },
): Promise<boolean> {
  const { subscriptionId, who, at } = founding;
  const inserted = await db
    .insertInto('members')
    .values({
      subscriptionId,
      tenantId: who.tenantId,
      objectId: who.objectId,
      role: 'owner',
      name: who.name ?? null,
      email: who.email ?? null,
      askedAt: null,
      decidedAt: at,
      decidedBy: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Updates name and address from the person's ID token: they change, and some owners were known by id only. */
export async function refreshName(db: Db, member: Member, who: KnownPerson): Promise<void> {
  const [name, email] = [who.name ?? member.name, who.email ?? member.email];
  if (name === member.name && email === member.email) return;
  await db
    .updateTable('members')
    .set({ name, email })
    .where('subscriptionId', '=', member.subscriptionId)
    .where('tenantId', '=', member.tenantId)
    .where('objectId', '=', member.objectId)
    .execute();
}

/**
 * The people of one organisation: those with a role, then those who requested one, each sorted by name. It
 * leaves out the people of an organisation that had the subscription before.
 */
export async function peopleOf(
  db: Db,
  subscriptionId: string,
  tenantId: string,
): Promise<{ readonly members: readonly (Member & { role: Role })[]; readonly waiting: Member[] }> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('tenantId', '=', tenantId)
    .where((is) => is.or([is('role', 'is not', null), is('decidedAt', 'is', null)]))
    .orderBy(sql`array_position(array['owner', 'admin', 'viewer'], role)`)
    .orderBy(sql`lower(coalesce(name, email, object_id))`)
    .limit(MAX_MEMBERS + MAX_WAITING)
    .execute();
  const members = rows.flatMap((row) => (row.role ? [{ ...row, role: row.role }] : []));
  return { members, waiting: rows.filter((row) => row.role === null) };
}

export type Decided = 'done' | 'unknown' | 'last-owner' | 'too-many' | 'owner-only';

/**
 * Gives a colleague of `by` another role, or removes the role (`undefined`). Until the transaction ends, it
 * locks the organisation's rows: two owners who remove each other cannot leave it without an owner, and a
 * person who has just lost a role can no longer use it. `isAllowed` receives the roles of both people.
 */
export async function setRole(
  trx: Trx,
  change: {
    readonly subscriptionId: string;
    /** Object id of the colleague. */
    readonly person: string;
    readonly role: Role | undefined;
    readonly by: Identity;
    readonly at: Date;
    readonly isAllowed: (own: Role, present: Role | null) => boolean;
  },
): Promise<Decided> {
  const { subscriptionId, person, role, by, at } = change;
  const people = await trx
    .selectFrom('members')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .where('tenantId', '=', by.tenantId)
    .orderBy('objectId')
    .forUpdate()
    .execute();
  const own = people.find((one) => one.objectId === by.objectId)?.role;
  const known = people.find((one) => one.objectId === person);
  const isRefused = known?.role === null && known.decidedAt !== null;
  if (!known || isRefused) return 'unknown';
  if (!own || !change.isAllowed(own, known.role)) return 'owner-only';
  const others = people.filter((one) => one !== known);
  if (known.role === 'owner' && role !== 'owner' && !others.some(isOwner)) return 'last-owner';
  const count = others.filter((one) => one.role !== null).length;
  if (role && !known.role && count >= MAX_MEMBERS) return 'too-many';
  await trx
    .updateTable('members')
    .set({ role: role ?? null, decidedAt: at, decidedBy: by.objectId })
    .where('subscriptionId', '=', subscriptionId)
    .where('tenantId', '=', by.tenantId)
    .where('objectId', '=', person)
    .execute();
  return 'done';
}

function isOwner(member: Member): boolean {
  return member.role === 'owner';
}

/** A person's subscriptions. The ones they got access to last come first. */
export async function membershipsOf(
  db: Db,
  who: Identity,
  page: { readonly after: { readonly at: Date; readonly id: string } | undefined; limit: number },
): Promise<(Member & { role: Role })[]> {
  let query = db
    .selectFrom('members')
    .selectAll()
    .where('tenantId', '=', who.tenantId)
    .where('objectId', '=', who.objectId)
    .where('role', 'is not', null)
    .orderBy('decidedAt', 'desc')
    .orderBy('subscriptionId')
    .limit(page.limit);
  if (page.after) {
    const { at, id } = page.after;
    query = query.where(
      sql<boolean>`decided_at <= ${at} and (decided_at < ${at} or subscription_id > ${id})`,
    );
  }
  const rows = await query.execute();
  return rows.flatMap((row) => (row.role ? [{ ...row, role: row.role }] : []));
}

export async function hasMemberships(db: Db, who: Identity): Promise<boolean> {
  return (await membershipsOf(db, who, { after: undefined, limit: 1 })).length > 0;
}

/**
 * Names of the colleagues who requested changes on the manage pages, by change id, for the history. It leaves
 * out the people of an organisation that had the subscription before.
 */
export async function whoAskedFor(
  db: Db,
  {
    subscriptionId,
    changeIds,
    tenantId,
  }: {
    readonly subscriptionId: string;
    readonly changeIds: readonly string[];
    readonly tenantId: string;
  },
): Promise<ReadonlyMap<string, string>> {
  if (changeIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('events')
    .innerJoin('members', (on) =>
      on
        .onRef('members.subscriptionId', '=', 'events.subscriptionId')
        .onRef('members.tenantId', '=', 'events.tenantId')
        .onRef('members.objectId', '=', 'events.objectId'),
    )
    .select(['events.detail', 'members.name', 'members.email'])
    .where('events.subscriptionId', '=', subscriptionId)
    .where('events.tenantId', '=', tenantId)
    .where('events.kind', '=', 'change.requested')
    .where('events.detail', 'in', [...changeIds])
    .execute();
  return new Map(
    rows.flatMap(({ detail, name, email }) => {
      const who = name ?? email;
      return detail && who ? [[detail, who]] : [];
    }),
  );
}
