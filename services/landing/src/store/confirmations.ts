import { sql } from 'kysely';
import type { ContactPerson, Db, Identity } from '../db/schema.ts';
import type { Visit } from './visits.ts';

/** Stores the confirmation of a visit. Returns true only for the first one, so that a second click does nothing. */
export async function recordConfirmed(
  db: Db,
  id: string,
  confirmation: {
    readonly owner: Identity;
    readonly claimedBy: ContactPerson;
    readonly answers: Record<string, string>;
    readonly at: Date;
    readonly keepUntil: Date;
    readonly handOverDueAt: Date;
  },
): Promise<boolean> {
  const updated = await db
    .updateTable('visits')
    .set({
      claimedBy: JSON.stringify(confirmation.claimedBy),
      answers: JSON.stringify(confirmation.answers),
      confirmedAt: confirmation.at,
      expiresAt: confirmation.keepUntil,
      handOverDueAt: confirmation.handOverDueAt,
      draftSealed: null,
    })
    .where('id', '=', id)
    .where('tenantId', '=', confirmation.owner.tenantId)
    .where('objectId', '=', confirmation.owner.objectId)
    .where('confirmedAt', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n;
}

/** Claims confirmations that still have to be sent to the worker, until `leaseUntil`. */
export async function takeDueConfirmations(
  db: Db,
  { at, leaseUntil, limit }: { at: Date; leaseUntil: Date; limit: number },
): Promise<Visit[]> {
  return db
    .updateTable('visits')
    .set({ handOverDueAt: leaseUntil })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('visits')
        .select('id')
        .where('confirmedAt', 'is not', null)
        .where('handedOverAt', 'is', null)
        .where('handOverDueAt', '<=', at)
        .orderBy('handOverDueAt')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
}

/** Records that the worker stored the confirmation, or refused it for good. */
export async function recordHandedOver(
  db: Db,
  id: string,
  outcome: { readonly at: Date; readonly refusal?: string },
): Promise<void> {
  await db
    .updateTable('visits')
    .set({ handedOverAt: outcome.at, refusal: outcome.refusal ?? null })
    .where('id', '=', id)
    .execute();
}

/** Makes a confirmation due again. Returns false while it is still being sent, so that a second click does nothing. */
export async function reopenConfirmation(db: Db, id: string, dueAt: Date): Promise<boolean> {
  const reopened = await db
    .updateTable('visits')
    .set({ handedOverAt: null, refusal: null, handOverAttempts: 0, handOverDueAt: dueAt })
    .where('id', '=', id)
    .where('confirmedAt', 'is not', null)
    .where('handedOverAt', 'is not', null)
    .executeTakeFirst();
  return reopened.numUpdatedRows > 0n;
}

/** Counts a failed attempt and sets the time of the next one. */
export async function postponeHandOver(db: Db, id: string, dueAt: Date): Promise<void> {
  await db
    .updateTable('visits')
    .set({
      handOverDueAt: dueAt,
      handOverAttempts: sql<number>`hand_over_attempts + 1`,
    })
    .where('id', '=', id)
    .where('handedOverAt', 'is', null)
    .execute();
}

/** When the oldest confirmation that the worker has not taken yet was made. */
export async function oldestConfirmation(db: Db): Promise<Date | undefined> {
  const { rows } = await sql<{ oldest: Date | null }>`
    select min(confirmed_at) as oldest from visits
    where confirmed_at is not null and handed_over_at is null
  `.execute(db);
  return rows[0]?.oldest ?? undefined;
}
