import type { Db } from '../db/schema.ts';

/** Ends the session in every browser that has a copy of its cookie. */
export async function recordEndedSession(db: Db, id: string, expiresAt: Date): Promise<void> {
  await db
    .insertInto('endedSessions')
    .values({ id, expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function isSessionEnded(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('endedSessions')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
