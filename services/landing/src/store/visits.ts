import { sql, type Insertable, type Selectable } from 'kysely';
import type {
  ContactPerson,
  Db,
  Identity,
  ShownOffer,
  VisitorRelation,
  VisitsTable,
} from '../db/schema.ts';

export type Visit = Selectable<VisitsTable>;

export async function insertVisit(
  db: Db,
  visit: Pick<
    Insertable<VisitsTable>,
    'id' | 'supportCode' | 'correlationId' | 'publisherId' | 'tokenSealed' | 'expiresAt'
  >,
): Promise<void> {
  await db.insertInto('visits').values(visit).execute();
}

/** A visit that has not expired, whoever it belongs to. */
export async function findVisit(db: Db, id: string, at: Date): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('id', '=', id)
    .where('expiresAt', '>', at)
    .executeTakeFirst();
}

/** A visit that has not expired and belongs to `owner`. Access is checked in the query itself. */
export async function findVisitOf(
  db: Db,
  id: string,
  { owner, at }: { owner: Identity; at: Date },
): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('id', '=', id)
    .where('tenantId', '=', owner.tenantId)
    .where('objectId', '=', owner.objectId)
    .where('expiresAt', '>', at)
    .executeTakeFirst();
}

/** The person's newest visit to one subscription. */
export async function latestVisitTo(
  db: Db,
  subscriptionId: string,
  { owner, at }: { owner: Identity; at: Date },
): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('tenantId', '=', owner.tenantId)
    .where('objectId', '=', owner.objectId)
    .where('subscriptionId', '=', subscriptionId)
    .where('expiresAt', '>', at)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The person's newest visit to any subscription. */
export async function latestVisitOf(db: Db, owner: Identity, at: Date): Promise<Visit | undefined> {
  return db
    .selectFrom('visits')
    .selectAll()
    .where('tenantId', '=', owner.tenantId)
    .where('objectId', '=', owner.objectId)
    .where('subscriptionId', 'is not', null)
    .where('expiresAt', '>', at)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Stores the subscription and deletes the purchase token, which is no longer needed. */
export async function recordResolved(db: Db, id: string, subscriptionId: string): Promise<void> {
  await db
    .updateTable('visits')
    .set({ subscriptionId, tokenSealed: null, refusedAt: null })
    .where('id', '=', id)
    .execute();
}

/** Keeps the token, because Microsoft sometimes refuses a valid one. */
export async function recordRefused(db: Db, id: string, at: Date): Promise<void> {
  await db
    .updateTable('visits')
    .set({ refusedAt: at })
    .where('id', '=', id)
    .where('refusedAt', 'is', null)
    .execute();
}

/** Does nothing unless the purchase was resolved and is not confirmed yet. */
export async function writeDraft(db: Db, id: string, sealed: string): Promise<void> {
  await db
    .updateTable('visits')
    .set({ draftSealed: sealed })
    .where('id', '=', id)
    .where('subscriptionId', 'is not', null)
    .where('confirmedAt', 'is', null)
    .execute();
}

/** Stores the offer and plan as they were shown to the visitor. */
export async function recordOffer(
  db: Db,
  id: string,
  { offer, planName }: { offer: ShownOffer; planName: string | undefined },
): Promise<void> {
  await db
    .updateTable('visits')
    .set({ offer: JSON.stringify(offer), planId: offer.planId, planName: planName ?? null })
    .where('id', '=', id)
    .execute();
}

/**
 * Gives the visit to the person who is about to see the purchase. Until the purchase is confirmed, the
 * browser that holds the visit may give it to another account; after that it cannot change hands.
 * Returns false if the visit belongs to somebody else.
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
      tenantId: owner.tenantId,
      objectId: owner.objectId,
      relation,
      claimedBy: sql<string>`
        case when confirmed_at is null then ${JSON.stringify(claimedBy)}::jsonb else claimed_by end`,
    })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('confirmedAt', 'is', null),
        eb.and([eb('tenantId', '=', owner.tenantId), eb('objectId', '=', owner.objectId)]),
      ]),
    )
    .executeTakeFirst();
  return bound.numUpdatedRows > 0n;
}

/**
 * Erases a subscription's personal data: deletes its visits and members, and removes the people from its
 * events. The events themselves stay as a record.
 */
export async function erasePersons(db: Db, subscriptionId: string): Promise<void> {
  const visits = db.selectFrom('visits').select('id').where('subscriptionId', '=', subscriptionId);
  await db
    .updateTable('events')
    .set({ objectId: null, aboutObjectId: null })
    .where((is) => is.or([is('subscriptionId', '=', subscriptionId), is('visitId', 'in', visits)]))
    .execute();
  await db.deleteFrom('visits').where('subscriptionId', '=', subscriptionId).execute();
  await db.deleteFrom('members').where('subscriptionId', '=', subscriptionId).execute();
}
