import type { Selectable } from 'kysely';
import type { Db, OperatorInvitationsTable, OperatorSessionsTable } from '../db/schema.ts';
import type { PersonIds } from './operators.ts';

export type SessionRow = Selectable<OperatorSessionsTable>;
export type InvitationRow = Selectable<OperatorInvitationsTable>;

export async function insertSession(db: Db, session: SessionRow): Promise<void> {
  await db.kysely.insertInto('operatorSessions').values(session).execute();
}

export async function findSession(db: Db, tokenHash: Buffer): Promise<SessionRow | undefined> {
  return db.kysely
    .selectFrom('operatorSessions')
    .selectAll()
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst();
}

export async function touchSession(db: Db, tokenHash: Buffer, at: Date): Promise<void> {
  await db.kysely
    .updateTable('operatorSessions')
    .set({ lastSeenAt: at })
    .where('tokenHash', '=', tokenHash)
    .execute();
}

export async function endSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.kysely.deleteFrom('operatorSessions').where('tokenHash', '=', tokenHash).execute();
}

/** Returns how many sessions ended. */
export async function endSessionsOf(db: Db, { tenantId, objectId }: PersonIds): Promise<number> {
  const { numDeletedRows } = await db.kysely
    .deleteFrom('operatorSessions')
    .where('tenantId', '=', tenantId)
    .where('objectId', '=', objectId)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Open sessions by person, as `<tenant>/<object>`. */
export async function countSessions(
  db: Db,
  people: readonly PersonIds[],
  open: { readonly now: Date; readonly seenAfter: Date },
): Promise<ReadonlyMap<string, number>> {
  if (people.length === 0) return new Map();
  const rows = await db.kysely
    .selectFrom('operatorSessions')
    .select(['tenantId', 'objectId'])
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where((eb) =>
      eb(
        eb.refTuple('tenantId', 'objectId'),
        'in',
        people.map(({ tenantId, objectId }) => eb.tuple(tenantId, objectId)),
      ),
    )
    .where('expiresAt', '>', open.now)
    .where('lastSeenAt', '>', open.seenAfter)
    .groupBy(['tenantId', 'objectId'])
    .execute();
  return new Map(
    rows.map(({ tenantId, objectId, count }) => [`${tenantId}/${objectId}`, Number(count)]),
  );
}

export async function insertInvitation(db: Db, invitation: InvitationRow): Promise<void> {
  await db.kysely.insertInto('operatorInvitations').values(invitation).execute();
}

export async function isInvitationOpen(db: Db, tokenHash: Buffer, now: Date): Promise<boolean> {
  const found = await db.kysely
    .selectFrom('operatorInvitations')
    .select('role')
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return found !== undefined;
}

/** Returns an invitation once. Undefined if it is unknown, used or expired. */
export async function takeInvitation(
  db: Db,
  tokenHash: Buffer,
  now: Date,
): Promise<InvitationRow | undefined> {
  return db.kysely
    .deleteFrom('operatorInvitations')
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', now)
    .returningAll()
    .executeTakeFirst();
}
