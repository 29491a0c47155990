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
    'id' | 'support_code' | 'correlation_id' | 'publisher_id' | 'token_sealed' | 'expires_at'
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
    .where('expires_at', '>', at)
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
    .where('tenant_id', '=', owner.tenantId)
    .where('object_id', '=', owner.objectId)
    .where('expires_at', '>', at)
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
    .where('tenant_id', '=', owner.tenantId)
    .where('object_id', '=', owner.objectId)
    .where('subscription_id', '=', subscriptionId)
    .where('expires_at', '>', at)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The person's newest visit to any subscription. */
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

/** Stores the subscription and deletes the purchase token, which is no longer needed. */
export async function recordResolved(db: Db, id: string, subscriptionId: string): Promise<void> {
  await db
    .updateTable('visits')
    .set({ subscription_id: subscriptionId, token_sealed: null, refused_at: null })
    .where('id', '=', id)
    .execute();
}

/** Keeps the token, because Microsoft sometimes refuses a valid one. */
export async function recordRefused(db: Db, id: string, at: Date): Promise<void> {
  await db
    .updateTable('visits')
    .set({ refused_at: at })
    .where('id', '=', id)
    .where('refused_at', 'is', null)
    .execute();
}

/** Does nothing unless the purchase was resolved and is not confirmed yet. */
export async function writeDraft(db: Db, id: string, sealed: string): Promise<void> {
  await db
    .updateTable('visits')
    .set({ draft_sealed: sealed })
    .where('id', '=', id)
    .where('subscription_id', 'is not', null)
    .where('confirmed_at', 'is', null)
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
    .set({ offer: JSON.stringify(offer), plan_id: offer.planId, plan_name: planName ?? null })
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
      tenant_id: owner.tenantId,
      object_id: owner.objectId,
      relation,
      claimed_by: sql<string>`
        case when confirmed_at is null then ${JSON.stringify(claimedBy)}::jsonb else claimed_by end`,
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

/**
 * Erases a subscription's personal data: deletes its visits and members, and removes the people from its
 * events. The events themselves stay as a record.
 */
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
