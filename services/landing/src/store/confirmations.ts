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
      claimed_by: JSON.stringify(confirmation.claimedBy),
      answers: JSON.stringify(confirmation.answers),
      confirmed_at: confirmation.at,
      expires_at: confirmation.keepUntil,
      hand_over_due_at: confirmation.handOverDueAt,
      draft_sealed: null,
    })
    .where('id', '=', id)
    .where('tenant_id', '=', confirmation.owner.tenantId)
    .where('object_id', '=', confirmation.owner.objectId)
    .where('confirmed_at', 'is', null)
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
    .set({ hand_over_due_at: leaseUntil })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('visits')
        .select('id')
        .where('confirmed_at', 'is not', null)
        .where('handed_over_at', 'is', null)
        .where('hand_over_due_at', '<=', at)
        .orderBy('hand_over_due_at')
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
    .set({ handed_over_at: outcome.at, refusal: outcome.refusal ?? null })
    .where('id', '=', id)
    .execute();
}

/** Makes a confirmation due again. Returns false while it is still being sent, so that a second click does nothing. */
export async function reopenConfirmation(db: Db, id: string, dueAt: Date): Promise<boolean> {
  const reopened = await db
    .updateTable('visits')
    .set({ handed_over_at: null, refusal: null, hand_over_attempts: 0, hand_over_due_at: dueAt })
    .where('id', '=', id)
    .where('confirmed_at', 'is not', null)
    .where('handed_over_at', 'is not', null)
    .executeTakeFirst();
  return reopened.numUpdatedRows > 0n;
}

/** Counts a failed attempt and sets the time of the next one. */
export async function postponeHandOver(db: Db, id: string, dueAt: Date): Promise<void> {
  await db
    .updateTable('visits')
    .set({
      hand_over_due_at: dueAt,
      hand_over_attempts: sql<number>`hand_over_attempts + 1`,
    })
    .where('id', '=', id)
    .where('handed_over_at', 'is', null)
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
