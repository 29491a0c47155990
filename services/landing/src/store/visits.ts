import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import type { ContactPerson } from '../contact-person.ts';
import type { LandingTables, VisitsTable, ShownOffer } from '../db/schema.ts';
import type { VisitorRelation } from '../purchase/visitor-relation.ts';

export type Db = Kysely<LandingTables>;
export type Visit = Selectable<VisitsTable>;

export interface Identity {
  readonly tenantId: string;
  readonly objectId: string;
}

export async function insertVisit(
  db: Db,
  visit: Pick<
    Insertable<VisitsTable>,
    'id' | 'support_code' | 'correlation_id' | 'publisher_id' | 'token_sealed' | 'expires_at'
  >,
): Promise<void> {
  await db.insertInto('visits').values(visit).execute();
}

export async function findVisit(db: Db, id: string, at: Date): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', at)
    .executeTakeFirst();
}

/** Authorisation is part of the query: another person's visit is not there. */
export async function findVisitOf(
  db: Db,
  id: string,
  { owner, at }: { owner: Identity; at: Date },
): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('id', '=', id)
    .where('tenant_id', '=', owner.tenantId)
    .where('object_id', '=', owner.objectId)
    .where('expires_at', '>', at)
    .executeTakeFirst();
}

/** The newest visit of this person to a subscription. */
export async function latestVisitTo(
  db: Db,
  subscriptionId: string,
  { owner, at }: { owner: Identity; at: Date },
): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('object_id', '=', owner.objectId)
    .where('subscription_id', '=', subscriptionId)
    .where('expires_at', '>', at)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The newest purchase that this person has looked at here. */
export async function latestVisitOf(db: Db, owner: Identity, at: Date): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('object_id', '=', owner.objectId)
    .where('subscription_id', 'is not', null)
    .where('expires_at', '>', at)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The token has done its work and is forgotten. */
export async function recordResolved(db: Db, id: string, subscriptionId: string): Promise<void> {
  await db
    .updateTable('visits')
    .set({ subscription_id: subscriptionId, token_sealed: null, refused_at: null })
    .where('id', '=', id)
    .execute();
}

/** The token stays: Microsoft refuses good ones now and then. */
export async function recordRefused(db: Db, id: string, at: Date): Promise<void> {
  await db
    .updateTable('visits')
    .set({ refused_at: at })
    .where('id', '=', id)
    .where('refused_at', 'is', null)
    .execute();
}

/** Only of a purchase that somebody who may see it has opened, and that is not confirmed. */
export async function writeDraft(db: Db, id: string, sealed: string): Promise<void> {
  await db
    .updateTable('visits')
    .set({ draft_sealed: sealed })
    .where('id', '=', id)
    .where('subscription_id', 'is not', null)
    .where('confirmed_at', 'is', null)
    .execute();
}

/** What the visitor is shown of the purchase's offer and plan. */
export async function recordOffer(
  db: Db,
  id: string,
  { offer, planName }: { offer: ShownOffer; planName: string | undefined },
): Promise<void> {
  await db
    .updateTable('visits')
    .set({ offer: JSON.stringify(offer), plan_id: offer.planId, plan_name: planName ?? null })
    .where('id', '=', id)
    .execute();
}

/**
 * Makes the visit this person's, who is about to see the purchase. Until it is confirmed, the browser
 * that holds it may pass it on to another account; then never. False = it is somebody else's.
 */
export async function bindVisit(
  db: Db,
  id: string,
  {
    owner,
    relation,
    claimedBy,
  }: { owner: Identity; relation: VisitorRelation; claimedBy: ContactPerson },
): Promise<boolean> {
  const bound = await db
    .updateTable('visits')
    .set({
      tenant_id: owner.tenantId,
      object_id: owner.objectId,
      relation,
      claimed_by: sql<string>`
        CASE WHEN confirmed_at IS NULL THEN ${JSON.stringify(claimedBy)}::jsonb ELSE claimed_by END`,
    })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('confirmed_at', 'is', null),
        eb.and([eb('tenant_id', '=', owner.tenantId), eb('object_id', '=', owner.objectId)]),
      ]),
    )
    .executeTakeFirst();
  return bound.numUpdatedRows > 0n;
}

/** True for the one confirmation that counts; a second click or tab finds it done. */
export async function recordConfirmed(
  db: Db,
  id: string,
  confirmation: {
    owner: Identity;
    claimedBy: ContactPerson;
    answers: Record<string, string>;
    at: Date;
    keepUntil: Date;
    handOverDueAt: Date;
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

/** Confirmations that the worker has not taken yet. The new due time is the lease on them. */
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

export async function recordHandedOver(
  db: Db,
  id: string,
  outcome: { at: Date; refusal?: string },
): Promise<void> {
  await db
    .updateTable('visits')
    .set({ handed_over_at: outcome.at, refusal: outcome.refusal ?? null })
    .where('id', '=', id)
    .execute();
}

/** True for the click that counts: while it is being handed over there is nothing to repeat. */
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

/** Visits are for a living purchase; events stay for the record, without the person. */
export async function erasePersons(db: Db, subscriptionId: string): Promise<void> {
  const visits = db.selectFrom('visits').select('id').where('subscription_id', '=', subscriptionId);
  await db
    .updateTable('events')
    .set({ object_id: null, about_object_id: null })
    .where((is) =>
      is.or([is('subscription_id', '=', subscriptionId), is('visit_id', 'in', visits)]),
    )
    .execute();
  await db.deleteFrom('visits').where('subscription_id', '=', subscriptionId).execute();
  await db.deleteFrom('members').where('subscription_id', '=', subscriptionId).execute();
}
