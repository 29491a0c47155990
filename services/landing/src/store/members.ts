import { sql, type Selectable, type Transaction } from 'kysely';
import type { LandingTables, MembersTable } from '../db/schema.ts';
import type { Db, Identity } from './visits.ts';
import type { Role } from '../manage/roles.ts';

export type Member = Selectable<MembersTable>;

/** A person as the list of people shows them. */
export interface KnownPerson extends Identity {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** A list that a person can still oversee; larger organisations manage groups in the product. */
export const MAX_MEMBERS = 200;
/** Anybody of a large tenant can ask; what is waiting stays a list that somebody reads. */
const MAX_WAITING = 50;

export async function findMember(
  db: Db,
  subscriptionId: string,
  who: Identity,
): Promise<Member | undefined> {
  return await db
    .selectFrom('members')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('tenant_id', '=', who.tenantId)
    .where('object_id', '=', who.objectId)
    .executeTakeFirst();
}

/** True: is an owner from now on. Whoever has a row already, removed people too, keeps what it says. */
export async function foundOwner(
  db: Db,
  founding: { readonly subscriptionId: string; readonly who: KnownPerson; readonly at: Date },
): Promise<boolean> {
  const { subscriptionId, who, at } = founding;
  const inserted = await db
    .insertInto('members')
    .values({
      subscription_id: subscriptionId,
      tenant_id: who.tenantId,
      object_id: who.objectId,
      role: 'owner',
      name: who.name ?? null,
      email: who.email ?? null,
      asked_at: null,
      decided_at: at,
      decided_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Names change, and an owner was perhaps known by id alone: what the person's own token says counts. */
export async function refreshName(db: Db, member: Member, who: KnownPerson): Promise<void> {
  const [name, email] = [who.name ?? member.name, who.email ?? member.email];
  if (name === member.name && email === member.email) return;
  await db
    .updateTable('members')
    .set({ name, email })
    .where('subscription_id', '=', member.subscription_id)
    .where('tenant_id', '=', member.tenant_id)
    .where('object_id', '=', member.object_id)
    .execute();
}

/**
 * Of one organisation: those who have a role, then those who wait for one; names in order within.
 * People of another, whose the subscription was before, are none of its business.
 */
export async function peopleOf(
  db: Db,
  subscriptionId: string,
  tenantId: string,
): Promise<{ readonly members: readonly (Member & { role: Role })[]; readonly waiting: Member[] }> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('tenant_id', '=', tenantId)
    .where((is) => is.or([is('role', 'is not', null), is('decided_at', 'is', null)]))
    .orderBy(sql`array_position(array['owner', 'admin', 'viewer'], role)`)
    .orderBy(sql`lower(coalesce(name, email, object_id))`)
    .limit(MAX_MEMBERS + MAX_WAITING)
    .execute();
  const members = rows.flatMap((row) => (row.role ? [{ ...row, role: row.role }] : []));
  return { members, waiting: rows.filter((row) => row.role === null) };
}

/** True: the request waits for an owner. False: it did so before, or too many do. */
export async function ask(
  db: Db,
  asking: {
    readonly subscriptionId: string;
    readonly publisherId: string;
    readonly who: KnownPerson;
    readonly at: Date;
    /** A refusal before this is over, and may be followed by another request. */
    readonly refusedBefore: Date;
  },
): Promise<boolean> {
  const { subscriptionId, publisherId, who, at, refusedBefore } = asking;
  const { rows } = await sql<{ object_id: string }>`
    INSERT INTO members (subscription_id, publisher_id, tenant_id, object_id, name, email, asked_at)
    SELECT ${subscriptionId}, ${publisherId}, ${who.tenantId}, ${who.objectId}, ${who.name ?? null},
      ${who.email ?? null}, ${at}::timestamptz
    WHERE (SELECT count(*) FROM members WHERE subscription_id = ${subscriptionId}
      AND tenant_id = ${who.tenantId} AND role IS NULL AND decided_at IS NULL) < ${MAX_WAITING}
    ON CONFLICT (subscription_id, tenant_id, object_id) DO UPDATE
      SET asked_at = excluded.asked_at, decided_at = NULL, decided_by = NULL, told_at = NULL,
        publisher_id = excluded.publisher_id,
        name = excluded.name, email = excluded.email
      WHERE members.role IS NULL AND members.decided_at < ${refusedBefore}::timestamptz
    RETURNING object_id`.execute(db);
  return rows.length === 1;
}

export type Decided = 'done' | 'unknown' | 'last-owner' | 'too-many' | 'owner-only';

/**
 * Gives a colleague of `by` another role, or none (`undefined`). From then on the transaction holds the
 * organisation's people, so that two owners who remove each other do not leave it without one, and
 * whoever has just lost a role does nothing with it. `isAllowed` is asked with the roles of both.
 */
export async function setRole(
  trx: Transaction<LandingTables>,
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
    .where('subscription_id', '=', subscriptionId)
    .where('tenant_id', '=', by.tenantId)
    .orderBy('object_id')
    .forUpdate()
    .execute();
  const own = people.find((one) => one.object_id === by.objectId)?.role;
  const known = people.find((one) => one.object_id === person);
  const isRefused = known?.role === null && known.decided_at !== null;
  if (!known || isRefused) return 'unknown';
  if (!own || !change.isAllowed(own, known.role)) return 'owner-only';
  const others = people.filter((one) => one !== known);
  if (known.role === 'owner' && role !== 'owner' && !others.some(isOwner)) return 'last-owner';
  const count = others.filter((one) => one.role !== null).length;
  if (role && !known.role && count >= MAX_MEMBERS) return 'too-many';
  await trx
    .updateTable('members')
    .set({ role: role ?? null, decided_at: at, decided_by: by.objectId })
    .where('subscription_id', '=', subscriptionId)
    .where('tenant_id', '=', by.tenantId)
    .where('object_id', '=', person)
    .execute();
  return 'done';
}

function isOwner(member: Member): boolean {
  return member.role === 'owner';
}

/** A person's subscriptions, the ones they got last first. */
export async function membershipsOf(
  db: Db,
  who: Identity,
  page: { readonly after: { readonly at: Date; readonly id: string } | undefined; limit: number },
): Promise<(Member & { role: Role })[]> {
  let query = db
    .selectFrom('members')
    .selectAll()
    .where('tenant_id', '=', who.tenantId)
    .where('object_id', '=', who.objectId)
    .where('role', 'is not', null)
    .orderBy('decided_at', 'desc')
    .orderBy('subscription_id')
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
 * Which colleague asked for changes on the manage page, by the change's id: for the history in words.
 * People of an organisation that had the subscription before are not named.
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
        .onRef('members.subscription_id', '=', 'events.subscription_id')
        .onRef('members.tenant_id', '=', 'events.tenant_id')
        .onRef('members.object_id', '=', 'events.object_id'),
    )
    .select(['events.detail', 'members.name', 'members.email'])
    .where('events.subscription_id', '=', subscriptionId)
    .where('events.tenant_id', '=', tenantId)
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
