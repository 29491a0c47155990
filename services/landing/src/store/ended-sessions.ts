import type { Db } from './visits.ts';

/** From now on the session is none, in whichever browser its cookie is. */
export async function recordEndedSession(db: Db, id: string, expiresAt: Date): Promise<void> {
  await db
    .insertInto('ended_sessions')
    .values({ id, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function isSessionEnded(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('ended_sessions')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
