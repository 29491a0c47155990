import type { Selectable } from 'kysely';
import type { OperatorRole } from '@landfall/contracts/roles';
import type { Position } from '@landfall/service-kit/paging';
import type { Db, OperatorsTable } from '../db/schema.ts';

export type OperatorRow = Selectable<OperatorsTable>;

export interface PersonIds {
  readonly tenantId: string;
  readonly objectId: string;
}

export async function rolesOf(
  db: Db,
  { tenantId, objectId }: PersonIds,
): Promise<readonly OperatorRow[]> {
  return db.kysely
    .selectFrom('operators')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('objectId', '=', objectId)
    .orderBy('createdAt')
    .execute();
}

/** A person with a role for this publisher, or for all publishers. */
export async function findPerson(
  db: Db,
  wanted: { readonly objectId: string; readonly publisherId: string | null },
): Promise<PersonIds | undefined> {
  const { objectId, publisherId } = wanted;
  return db.kysely
    .selectFrom('operators')
    .select(['tenantId', 'objectId'])
    .where('objectId', '=', objectId)
    .where((eb) =>
      eb.or([
        eb('publisherId', 'is', null),
        ...(publisherId === null ? [] : [eb('publisherId', '=', publisherId)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
}

/** Names of people with roles, by `tenantId/objectId`. */
export async function namesOfPeople(
  db: Db,
  people: readonly PersonIds[],
): Promise<ReadonlyMap<string, string>> {
  if (people.length === 0) return new Map();
  const rows = await db.kysely
    .selectFrom('operators')
    .select(['tenantId', 'objectId', 'name'])
    .where((eb) => eb.or(people.map(({ tenantId, objectId }) => eb.and({ tenantId, objectId }))))
    .execute();
  return new Map(
    rows.flatMap(({ tenantId, objectId, name }) =>
      name === null ? [] : [[`${tenantId}/${objectId}`, name] as const],
    ),
  );
}

export async function findOperator(db: Db, id: string): Promise<OperatorRow | undefined> {
  return db.kysely.selectFrom('operators').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Oldest first. One row more than `limit` shows that there is a next page. */
export async function listOperators(
  db: Db,
  wanted: {
    readonly publisherId: string | undefined;
    readonly after: Position | undefined;
    readonly limit: number;
  },
): Promise<readonly OperatorRow[]> {
  const { publisherId, after, limit } = wanted;
  let rows = db.kysely.selectFrom('operators').selectAll();
  if (publisherId !== undefined) rows = rows.where('publisherId', '=', publisherId);
  if (after) {
    rows = rows.where((eb) =>
      eb(eb.refTuple('createdAt', 'id'), '>', eb.tuple(after.at, after.id)),
    );
  }
  return rows
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
}

export interface GivenRole extends PersonIds {
  readonly role: OperatorRole;
  readonly publisherId: string | undefined;
  readonly createdBy: string;
  readonly at: Date;
}

/** Gives a role, or replaces the one that the person had there. `last-admin`: it would leave no admin for all publishers. */
export async function putRole(db: Db, given: GivenRole): Promise<OperatorRow | 'last-admin'> {
  const { tenantId, objectId, role, createdBy, at } = given;
  const publisherId = given.publisherId ?? null;
  return db.kysely.transaction().execute(async (trx) => {
    const admins = await lockAdmins(trx);
    const [only, ...others] = admins;
    const isOnlyAdmin =
      others.length === 0 &&
      publisherId === null &&
      only?.source === 'entry' &&
      only.tenantId === tenantId &&
      only.objectId === objectId;
    if (isOnlyAdmin && role !== 'admin') return 'last-admin';
    return trx
      .insertInto('operators')
      .values({ tenantId, objectId, publisherId, role, createdBy, source: 'entry', createdAt: at })
      .onConflict((conflict) =>
        conflict.constraint('operators_person').doUpdateSet({ role, createdBy }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** Takes a role away and ends the sessions of the person. */
export async function removeRole(
  db: Db,
  id: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<OperatorRow | 'last-admin' | undefined> {
  return db.kysely.transaction().execute(async (trx) => {
    const admins = await lockAdmins(trx);
    const row = await trx
      .selectFrom('operators')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) return undefined;
    if (admins.length === 1 && admins[0]?.id === id) return 'last-admin';
    if (dryRun) return row;
    await trx.deleteFrom('operators').where('id', '=', id).execute();
    await trx
      .deleteFrom('operatorSessions')
      .where('tenantId', '=', row.tenantId)
      .where('objectId', '=', row.objectId)
      .execute();
    return row;
  });
}

/** The admins for all publishers, locked so that two of them cannot remove each other at the same time. */
async function lockAdmins(trx: Pick<Db['kysely'], 'selectFrom'>): Promise<readonly OperatorRow[]> {
  return trx
    .selectFrom('operators')
    .selectAll()
    .where('role', '=', 'admin')
    .where('publisherId', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
}

export async function hasAdmin(db: Db): Promise<boolean> {
  const admin = await db.kysely
    .selectFrom('operators')
    .select('id')
    .where('role', '=', 'admin')
    .where('publisherId', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return admin !== undefined;
}

/** Stores what a sign-in says: the person's name, and the role that Entra gives for all publishers, or that it gives none. */
export async function noteSignIn(
  db: Db,
  person: PersonIds & {
    readonly name: string | undefined;
    readonly email: string | undefined;
    readonly appRole: OperatorRole | undefined;
    readonly at: Date;
  },
): Promise<readonly OperatorRow[]> {
  const { tenantId, objectId, appRole, at } = person;
  const seen = { name: person.name ?? null, email: person.email ?? null, lastSignInAt: at };
  await db.kysely.transaction().execute(async (trx) => {
    const ofPerson = trx
      .updateTable('operators')
      .set(seen)
      .where('tenantId', '=', tenantId)
      .where('objectId', '=', objectId);
    await ofPerson.execute();
    if (appRole === undefined) {
      await trx
        .deleteFrom('operators')
        .where('tenantId', '=', tenantId)
        .where('objectId', '=', objectId)
        .where('source', '=', 'app-role')
        .execute();
      return;
    }
    await trx
      .insertInto('operators')
      .values({
        tenantId,
        objectId,
        publisherId: null,
        role: appRole,
        source: 'app-role',
        createdAt: at,
        ...seen,
      })
      .onConflict((conflict) =>
        conflict.constraint('operators_person').doUpdateSet({ role: appRole, ...seen }),
      )
      .execute();
  });
  return rolesOf(db, person);
}
